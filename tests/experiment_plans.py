"""A plan that the tests of plans and of analyses start from."""

from __future__ import annotations

PLAN = """
name: recommendations-2026
unit: {column: player_id, name: players}
arms:
  - {name: popular, weight: 0.5}   # the control: most popular games
  - {name: recommended, weight: 0.5}
hypotheses:
  - {statement: Players who see recommendations buy more games in 14 days, metric: games_bought}
metrics:
  - name: games_bought
    role: primary
    kind: count
    direction: increase
    cap_share: 0.99
    covariates: [{column: games_before}]
  - {name: bought_any, role: secondary, kind: proportion, direction: increase, nulls: failure}
  - {name: hours_a_game, role: secondary, kind: ratio, direction: increase, column: hours, denominator: games_played}
  - {name: left, role: guardrail, kind: proportion, direction: decrease, margin: 0.02}
alpha: 0.05
exclusions: [{column: is_staff, equals: true, reason: staff know the test}]
maturity: {column: assigned_at, days: 14}
compliance: looked
decision: {success: all, ship: show recommendations to all, otherwise: keep the most popular games}
"""
