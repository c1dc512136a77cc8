"""What each system was held to: the charter's criteria and the honest ones beside them."""

from __future__ import annotations

from crowdwise.reporting.criteria import Criterion

PROMISES: tuple[Criterion, ...] = ()
