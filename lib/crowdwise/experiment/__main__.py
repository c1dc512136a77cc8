"""Run an experiment: ``python -m crowdwise.experiment start|stop|status|import|analyse --profile sample ...``."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from crowdwise.base import logs
from crowdwise.base.errors import Problem
from crowdwise.base.layout import SYSTEMS, Layout
from crowdwise.experiment.log import read_log
from crowdwise.experiment.outcome_import import import_outcomes
from crowdwise.experiment.plan import Plan
from crowdwise.experiment.plan_change import refuse_changed
from crowdwise.experiment.plan_text import read_plan
from crowdwise.experiment.register import (
    Experiment,
    end_experiment,
    keep_look,
    list_experiments,
    read_experiment,
    start_experiment,
)
from crowdwise.storage.database import check, engine, prepare

MOST = 0.001  # of a file's rows that may be rejected


def start(to: Engine, layout: Layout, given: argparse.Namespace) -> None:
    """Start an experiment by the plan of a file."""
    plan = _read_plan(Path(given.plan) if given.plan else layout.plan(given.system))
    prepare(to, layout.profile)
    print(_tell(start_experiment(to, plan, given.system)))


def stop(to: Engine, layout: Layout, given: argparse.Namespace) -> None:
    """End an experiment."""
    check(to, layout.profile)
    print(_tell(end_experiment(to, given.experiment)))


def status(to: Engine, layout: Layout, given: argparse.Namespace) -> None:
    """List the experiments, with the units, exposures and outcomes of each."""
    check(to, layout.profile)
    found = list_experiments(to)
    for experiment in found:
        print(_tell(experiment))
        log = read_log(to, experiment.name)
        arms = log["arm"].value_counts()
        units = ", ".join(f"{arm} {arms.get(arm, 0):,}" for arm in experiment.plan.weights)
        print(f"  units: {units}; exposures: {log['exposures'].sum():,}")
        lacking = {name: int(log[name].isna().sum()) for name in log.columns[log.isna().any()] if name != "exposed_at"}
        if lacking:
            print(f"  missing: {', '.join(f'{name} of {count:,} units' for name, count in lacking.items())}")
    if not found:
        print(f"no experiment was started in profile {layout.profile}")


def bring(to: Engine, layout: Layout, given: argparse.Namespace) -> None:
    """Import outcomes from a CSV file."""
    check(to, layout.profile)
    path = Path(given.csv)
    safe = re.sub(r"[^\w.-]+", "-", f"{given.experiment}-{path.stem}")
    listed_in = layout.reports / "outcomes" / f"{safe}.rejects.csv"
    done = import_outcomes(
        to, given.experiment, path, listed_in=listed_in, max_reject_share=read_share(given.max_reject_share)
    )
    counts = f"{done.written:,} written, {done.repeated:,} known already, {done.rejects.total:,} rejected"
    print(f"{done.rows:,} rows: {counts}")
    if done.rejects.total:
        print(f"the rejected rows are in {layout.relative(listed_in)}")


def read_out(to: Engine, layout: Layout, given: argparse.Namespace) -> None:
    """Analyse what was logged, by the plan the experiment was started with, and print the decision."""
    from crowdwise.experiment.analysis import analyse
    from crowdwise.experiment.held_looks import hold_look

    check(to, layout.profile)
    experiment = read_experiment(to, given.experiment)
    plan = _read_plan(Path(given.plan)) if given.plan else experiment.plan
    now = _read_now(given.now)
    log = read_log(to, experiment.name, now)
    if len(plan.looks.information) == 1:
        analysis = analyse(plan, log, started_hash=experiment.plan_hash, started_plan=experiment.plan, now=now)
    else:
        refuse_changed(plan, experiment.plan_hash, experiment.plan)
        analysis, look = hold_look(
            *(plan, log, experiment.looks),
            started_hash=experiment.plan_hash,
            started_plan=experiment.plan,
            now=now,
            final=given.final,
        )
        keep_look(to, experiment.name, look)
    for step in analysis.steps:
        units = ", ".join(f"{arm} {count:,}" for arm, count in step.units.items())
        print(f"{step.rule}: {units}")
    for verdict in analysis.verdicts if analysis.decision.ended else ():
        print(verdict.words)
    print(analysis.decision.words)


COMMANDS: dict[str, Callable[[Engine, Layout, argparse.Namespace], None]] = {
    "start": start,
    "stop": stop,
    "status": status,
    "import": bring,
    "analyse": read_out,
}


def read_share(text: str) -> float:
    """Give a share from text.

    Raises
    ------
    Problem
        If it is no number from 0 to 1.
    """
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise Problem(f"{text!r} is no share", where="MAX_REJECT_SHARE", remedy="Give one from 0 to 1")
    return share


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m crowdwise.experiment", description="Run an experiment.")
    commands = parser.add_subparsers(dest="command", required=True)
    made = {name: commands.add_parser(name, help=how.__doc__) for name, how in COMMANDS.items()}
    for one in made.values():
        one.add_argument("--profile", required=True)
    made["start"].add_argument("--system", required=True, help=" or ".join(SYSTEMS))
    made["start"].add_argument("--plan", default="", help="a YAML file; params/PROFILE/plans/SYSTEM.yaml when left out")
    for name in ("stop", "import", "analyse"):
        made[name].add_argument("--experiment", required=True, help="its name in the plan")
    made["import"].add_argument("--csv", required=True, help="unit, metric, value, measured_at")
    made["import"].add_argument("--max-reject-share", default=str(MOST), help="of the rows that may be rejected")
    made["analyse"].add_argument("--plan", default="", help="a plan to hold against the one it was started with")
    made["analyse"].add_argument("--now", default="", help="read what was measured by then, as in 2026-03-01T12:00:00Z")
    made["analyse"].add_argument("--final", action="store_true", help="no further look will follow")
    given = parser.parse_args(arguments)
    try:
        logs.set_up()
        _check_named(given)
        layout = Layout(given.profile)
        to = engine(layout)
        try:
            COMMANDS[given.command](to, layout, given)
        finally:
            to.dispose()
    except Problem as problem:
        print(f"crowdwise: {problem}", file=sys.stderr)
        return 1
    return 0


def _check_named(given: argparse.Namespace) -> None:
    for name in ("experiment", "csv", "system"):
        if getattr(given, name, None) == "":
            raise Problem("it is left out", where=name.upper(), remedy=f"Say make ... {name.upper()}=...")
    if getattr(given, "system", "steam") not in SYSTEMS:
        raise Problem(f"{given.system!r} is no system", where="SYSTEM", remedy=f"Use {' or '.join(SYSTEMS)}")


def _read_plan(path: Path) -> Plan:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        cause = getattr(error, "strerror", None) or "it is not UTF-8"
        raise Problem(
            f"the plan can't be read ({cause})", where=path, remedy="Name a YAML file in PLAN=file"
        ) from error
    return read_plan(text, where=str(path))


def _read_now(text: str) -> datetime:
    if not text:
        return datetime.now().astimezone()
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        remedy = "Write it as in 2026-03-01T12:00:00Z"
        raise Problem(f"{text!r} is no time", where="--now", remedy=remedy) from None


def _tell(experiment: Experiment) -> str:
    ended = "running" if experiment.ended_at is None else f"ended {experiment.ended_at:%Y-%m-%d %H:%M} UTC"
    since = f"{experiment.started_at:%Y-%m-%d %H:%M} UTC"
    return f"{experiment.name}: {experiment.system}, started {since}, {ended}, plan {experiment.plan_hash[:12]}"


if __name__ == "__main__":
    sys.exit(main())
