"""Whether what needs two organisations stands on one account's word, which told its own side and the other's."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from domain.case.about import ActAttested
from domain.case.referral import Referral
from domain.entry import Entry

if TYPE_CHECKING:
    from domain.case import Case


def seconded(case: "Case", version: int, sides: Iterable[str]) -> Iterator[Entry]:
    """The attestations of an entry, as it is worded now, that count for what is between these organisations.

    They are of one of them, whichever account told it for that one, or of the responsible. Whoever is named beside
    them says nothing of what they did.
    """
    amended = case.amendment(version)
    since = amended.originator_version if amended else version
    for said in case.about.get(version):
        each = case.history.entries[said]
        if said < since or not isinstance(each.act, ActAttested) or case.held(each) is None:
            continue
        if each.actor in sides or by_responsible(each):
            yield each


def by_responsible(attestation: Entry) -> bool:
    """Whether the account that attests held the authority of the responsible organisation; it is ruled so."""
    return attestation.ruled in ("", "full")


def answered_on_one_side(case: "Case", referral: Referral) -> bool:
    """Whether one account told both the referral and its answer, and nobody else has attested either."""
    if not referral.one_sided:
        return False
    sides = (referral.sender, referral.receiver)
    words = (each for version in (referral.sent, referral.answer) for each in seconded(case, version, sides))
    return all(each.organisation == referral.sent_by for each in words)
