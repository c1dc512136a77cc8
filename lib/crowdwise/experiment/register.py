"""Which experiments there are: started with a plan that is kept as it was, one at a time a system, ended once."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, Row, select

from crowdwise.base.errors import Problem
from crowdwise.base.layout import SYSTEMS
from crowdwise.experiment.plan import Plan
from crowdwise.experiment.plan_change import hash_plan, refuse_changed, write_plan
from crowdwise.experiment.plan_columns import check_storable
from crowdwise.experiment.plan_text import as_plan
from crowdwise.storage.database import explained, writing
from crowdwise.storage.schema import experiments

SAME = 1e-9  # of the planned information: looks that lie nearer are one


@dataclass(frozen=True)
class HeldLook:
    """A look as it was held.

    Parameters
    ----------
    held_at : datetime
        Until when outcomes were read, in UTC.
    information : float
        The share of the planned units that was analysed.
    z : float
        The primary metric's distance from the null hypothesis, in standard errors.
    crosses, stops : bool
        Whether its bound was reached, and whether the test ended.
    """

    held_at: datetime
    information: float
    z: float
    crosses: bool
    stops: bool


@dataclass(frozen=True)
class Experiment:
    """An experiment as it was started.

    Parameters
    ----------
    plan_hash : str
        Of the plan at the start (see `hash_plan`).
    started_at, ended_at : datetime
        In UTC, with the zone; `ended_at` is None while it runs.
    looks : tuple of HeldLook
        Those held so far, where the plan has several.
    """

    plan: Plan
    plan_hash: str
    system: str
    started_at: datetime
    ended_at: datetime | None
    looks: tuple[HeldLook, ...] = ()

    @property
    def name(self) -> str:
        """The plan's name."""
        return self.plan.name


def start_experiment(engine: Engine, plan: Plan, system: str, now: datetime | None = None) -> Experiment:
    """Write an experiment's plan and its hash, from when on units are assigned. The same plan again changes nothing.

    Parameters
    ----------
    system : str
        ``steam`` or ``kickstarter``: which part of the app it runs in.
    now : datetime, optional
        The present when left out.

    Raises
    ------
    Problem
        If the experiment was started with another plan (which says what changed) or in another system, has ended, or
        another one runs in this system: what people see would be the sum of two changes.
    """
    if system not in SYSTEMS:
        raise Problem(f"{system!r} is no system", where="SYSTEM", remedy=f"Use {' or '.join(SYSTEMS)}")
    check_storable(plan)
    with explained(engine), writing(engine, "experiments") as connection:
        rows = connection.execute(select(experiments).where(experiments.c.experiment == plan.name)).all()
        if rows:
            return _again(plan, system, _as_experiment(rows[0]))
        running = select(experiments.c.experiment).where(
            experiments.c.system == system, experiments.c.ended_at.is_(None)
        )
        if other := connection.scalar(running):
            what = f"{other!r} is running in {system}"
            remedy = f"End it first: make experiment-stop EXPERIMENT={other}"
            raise Problem(what, where=f"plan {plan.name!r}", remedy=remedy)
        moment = as_utc(now)
        row = {"experiment": plan.name, "system": system, "started_at": moment}
        row |= {"plan": write_plan(plan), "plan_hash": hash_plan(plan), "looks": "[]"}
        connection.execute(experiments.insert().values(row))
    return Experiment(plan, hash_plan(plan), system, moment.replace(tzinfo=UTC), None)


def _again(plan: Plan, system: str, started: Experiment) -> Experiment:
    where = f"plan {plan.name!r}"
    refuse_changed(plan, started.plan_hash, started.plan)
    if started.system != system:
        what = f"it was started in {started.system}, not {system}"
        raise Problem(what, where=where, remedy="Give the other system's experiment a plan and a name of its own")
    if started.ended_at is not None:
        what = f"it ended on {started.ended_at:%Y-%m-%d}"
        raise Problem(what, where=where, remedy="Plan a new experiment under a name of its own")
    return started


def end_experiment(engine: Engine, name: str, now: datetime | None = None) -> Experiment:
    """End an experiment: no more units are assigned. One that has ended keeps its time; outcomes may come later.

    Raises
    ------
    Problem
        If there is no such experiment.
    """
    with explained(engine), writing(engine, "experiments") as connection:
        ended = experiments.update().where(experiments.c.experiment == name, experiments.c.ended_at.is_(None))
        connection.execute(ended.values(ended_at=as_utc(now)))
    return read_experiment(engine, name)


def keep_look(engine: Engine, name: str, look: HeldLook) -> None:
    """Keep a look with its experiment; one with the units of the last takes its place."""
    with explained(engine), writing(engine, "experiments") as connection:
        row = connection.execute(select(experiments).where(experiments.c.experiment == name)).one()
        before = [one for one in _as_experiment(row).looks if one.information < look.information - SAME]
        looks = [asdict(one) | {"held_at": one.held_at.isoformat()} for one in (*before, look)]
        chosen = experiments.update().where(experiments.c.experiment == name)
        connection.execute(chosen.values(looks=json.dumps(looks)))


def read_experiment(engine: Engine, name: str) -> Experiment:
    """Give an experiment by its name.

    Raises
    ------
    Problem
        If there is none of that name, or its plan is not the one that was hashed.
    """
    for experiment in list_experiments(engine):
        if experiment.name == name:
            return experiment
    remedy = "make experiment-status lists the experiments of this profile"
    raise Problem(f"no experiment is named {name!r}", where="EXPERIMENT", remedy=remedy)


def list_experiments(engine: Engine) -> list[Experiment]:
    """Give all experiments, the one that was started last first."""
    query = select(experiments).order_by(experiments.c.started_at.desc(), experiments.c.experiment)
    with explained(engine), engine.connect() as connection:
        rows = connection.execute(query).all()
    return [_as_experiment(row) for row in rows]


def running_experiment(engine: Engine, system: str) -> Experiment | None:
    """Give the experiment that runs in a system; None if none does."""
    query = select(experiments).where(experiments.c.system == system, experiments.c.ended_at.is_(None))
    with explained(engine), engine.connect() as connection:
        row = connection.execute(query).first()
    return None if row is None else _as_experiment(row)


def as_utc(moment: datetime | None) -> datetime:
    """Give a time (or the present) in UTC without a zone, as the database holds it; a time without one is UTC."""
    moment = datetime.now(UTC) if moment is None else moment
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def _as_experiment(row: Row) -> Experiment:
    where, remedy = f"experiment {row.experiment!r}", "Restore the row as it was at the start"
    try:
        plan = as_plan(json.loads(row.plan))
        looks = tuple(
            HeldLook(**{**look, "held_at": datetime.fromisoformat(look["held_at"])}) for look in json.loads(row.looks)
        )
    except (ValueError, TypeError, KeyError):
        raise Problem("its plan or its looks in the database can't be read", where=where, remedy=remedy) from None
    if hash_plan(plan) != row.plan_hash:
        what = f"the plan in the database does not have its hash, {row.plan_hash[:12]}"
        raise Problem(what, where=where, remedy=remedy)
    ended = None if row.ended_at is None else row.ended_at.replace(tzinfo=UTC)
    return Experiment(plan, row.plan_hash, row.system, row.started_at.replace(tzinfo=UTC), ended, looks)
