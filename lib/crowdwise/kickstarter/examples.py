"""A draft to try a model on."""

from __future__ import annotations

from datetime import date

from crowdwise.kickstarter.draft import Draft
from crowdwise.kickstarter.evaluation import Study


def example_draft(study: Study) -> Draft:
    """Give a draft of the category with the most failures: where the crawl's leak says least."""
    return Draft(
        name="The Quiet Harbour",
        blurb="A first edition, printed and proofed, with three prototypes tested.",
        category=str(study.projects.loc[~study.outcome, "category"].mode().iloc[0]),
        goal=8000,
        currency="USD",
        country="US",
        launched_on=date(2024, 3, 5),
        duration_days=30,
        prelaunch_days=45,
        earlier_projects=1,
        earlier_successes=1,
    )
