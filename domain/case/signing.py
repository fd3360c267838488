"""Who has signed what was agreed, and when."""

from typing import Literal

from domain.entry import Day, OrganisationId, Part

Party = Literal["person", "representative", "sender", "host", "promoter", "agency", "employer", "provider"]


class Signature(Part):
    """One party has signed. `on` is left out where the day is that of the act."""

    party: Party
    organisation: OrganisationId | None = None
    on: Day | None = None
