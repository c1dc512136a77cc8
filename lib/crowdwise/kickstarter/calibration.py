"""From a model's probability to a calibrated one: a line on the log-odds scale (Platt 1999)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

SMALLEST = 1e-9


def log_odds(probability: np.ndarray) -> np.ndarray:
    """Give the logarithm of the odds; probabilities at 0 and 1 are moved in by 1e-9."""
    p = np.clip(probability, SMALLEST, 1 - SMALLEST)
    return np.log(p) - np.log1p(-p)


def logistic(value: np.ndarray) -> np.ndarray:
    """Give the probability of log-odds, without overflow."""
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(value)))


def shift_odds(probability: np.ndarray, shift: float) -> np.ndarray:
    """Give probabilities whose log-odds are moved; 0 and 1 stay what they are."""
    p, odds = np.asarray(probability, float), np.exp(shift)
    return np.asarray(p * odds / (1 - p + p * odds))


@dataclass(frozen=True)
class Calibrator:
    """``log-odds -> slope * log-odds + shift``; monotone, for the slope is positive."""

    slope: float = 1.0
    shift: float = 0.0

    @classmethod
    def fit(cls, probability: np.ndarray, outcome: np.ndarray) -> Self:
        """Fit by Newton's method on probabilities that the model gave to rows it had not seen.

        A step that overshoots is halved. A fit whose slope is not positive (the model is no better than chance) keeps
        the slope at 0.01.
        """
        x = np.column_stack([log_odds(np.asarray(probability, float)), np.ones(len(probability))])
        y, weights = np.asarray(outcome, float), np.array([1.0, 0.0])
        start = weights.copy()

        def loss(w: np.ndarray) -> float:
            told = x @ w
            return float(np.logaddexp(0, told).sum() - y @ told + 5e-7 * ((w - start) ** 2).sum())

        for _ in range(100):
            p = logistic(x @ weights)
            # A whisper of a penalty keeps the step finite when the outcomes are parted perfectly.
            slope_of_loss = x.T @ (p - y) + 1e-6 * (weights - start)
            curvature = (x * (p * (1 - p))[:, None]).T @ x + 1e-6 * np.eye(2)
            step, size = np.linalg.solve(curvature, slope_of_loss), 1.0
            while loss(weights - size * step) > loss(weights) and size > 1e-8:
                size /= 2
            weights = weights - size * step
            if np.abs(size * step).max() < 1e-10:
                break
        return cls(float(max(weights[0], 0.01)), float(weights[1]))

    def apply_log_odds(self, value: np.ndarray) -> np.ndarray:
        """Give calibrated log-odds."""
        return self.slope * np.asarray(value) + self.shift

    def apply(self, probability: np.ndarray) -> np.ndarray:
        """Give calibrated probabilities."""
        return logistic(self.apply_log_odds(log_odds(np.asarray(probability, float))))
