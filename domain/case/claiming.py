"""How many claims one account may have waiting for the word of others on one case."""

from typing import TYPE_CHECKING, Final

from domain.entry import Entry
from domain.refusal import Refused

if TYPE_CHECKING:
    from domain.case import Case

MOST: Final = 20
"""Of each account on a case. What others have told counts for nobody else: it cannot use up what is theirs."""


def check_waiting(case: "Case", claim: Entry) -> None:
    """Refuses a claim beside one that says the same of the same, and one too many. Stored ones stay."""
    waiting = [each for each in case.open_claims if each.organisation == claim.organisation]
    if same := next((each for each in waiting if _says(each) == _says(claim)), None):
        raise Refused("claim.waits-already", entry=same.originator_version)
    if len(waiting) >= MOST:
        raise Refused("claim.too-many", most=MOST)


def _says(claim: Entry) -> tuple[object, ...]:
    """Another word on the same matter, whatever it says of it, waits until the first was heard or taken back."""
    return claim.act.type, claim.actor, claim.act.threads
