"""What was recorded although a rule of practice says otherwise: a pure function of entries and rulebook."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Final

from domain.agreeing import PlaceAnswered
from domain.agreement import Agreement
from domain.case import Case
from domain.case.closing import CaseClosed, CaseReopened, CaseResumed
from domain.case.referral import (
    ReferralAccepted,
    ReferralAct,
    ReferralDeclined,
    ReferralSent,
    ReferralWaitlisted,
)
from domain.entry import Entry
from domain.facts import dataclass
from domain.naming import agreement_named
from domain.network import Network
from domain.practice import of_practice

OF_THE_ENTRY: Final = frozenset(
    {
        "agency-mission-parties",
        "agreement-in-force",
        "grant-by-channel",
        "incident-told",
        "insured-at-start",
        "internship-indemnity",
        "internship-promoter",
        "placement-host",
        "practitioner-named",
        "second-level-through-team",
        "start-communicated",
        "told-for-connected",
        "told-late",
        "waived-by-both",
    }
)
"""Rules that an entry breaks whatever else was told before it: whoever sees the entry can tell."""


@dataclass(frozen=True, slots=True)
class Irregularity:
    """The rule that was not kept, in the edition of the rulebook that was in force."""

    rule: str
    edition: int


def irregularities(entry: Entry, before: Case | Agreement, network: Network) -> tuple[Irregularity, ...]:
    """Of one entry: what it is about before it, and the network as the decision knew it.

    A rule that is not published marks nothing.
    """
    day = entry.recorded_at.date()
    ruled = ((id_, network.rule(id_, day)) for id_ in _broken(entry, before, network))
    return tuple(Irregularity(id_, found[1]) for id_, found in ruled if found)


def irregularities_seen(
    entry: Entry, before: Case, network: Network, reader: str, *, whole: bool
) -> tuple[Irregularity, ...]:
    """Of an entry that the reader sees, judged on the case as it sees it; `whole`: it sees all that was before.

    Where something before is hidden, only what the entry itself shows: the rest might have been in order, and to say
    that it was would tell of what is hidden. What organisations keep to themselves is told to them alone.
    """
    return tuple(
        each
        for each in irregularities(entry, before, network)
        if (whole or each.rule in OF_THE_ENTRY) and _may_know(each.rule, entry, network, reader)
    )


def irregularities_told(
    entry: Entry, before: Case | Agreement, network: Network, whole: Callable[[], bool]
) -> tuple[Irregularity, ...]:
    """Of an entry that is just decided, as its teller will see it; `whole` is asked only if something depends on it.

    The same as `irregularities_seen` gives it: what the entry itself shows is so whatever was before it, and what
    organisations keep to themselves is the teller's own.
    """
    found = irregularities(entry, before, network)
    for each in found:
        if each.rule not in OF_THE_ENTRY:
            return found if whole() else tuple(each for each in found if each.rule in OF_THE_ENTRY)
    return found


def _may_know(rule: str, entry: Entry, network: Network, reader: str) -> bool:
    match rule:
        case "practitioner-named":
            return reader in (entry.organisation, network.office)
        case "agreement-in-force":
            return reader in network.agreement(agreement_named(entry.act) or "").parties
        case _:
            return True


def _broken(entry: Entry, before: Case | Agreement, network: Network) -> Iterator[str]:
    if _late(entry, network):
        yield "told-late"
    if isinstance(before, Case):
        yield from _of_case(entry, before, network)
        yield from of_practice(entry, before, network)
    else:
        yield from _of_agreement(entry, before)
    if entry.on_behalf_of and network.organisation(entry.on_behalf_of).connected:
        yield "told-for-connected"
    if entry.practitioner not in network.organisation(entry.organisation).practitioners:
        yield "practitioner-named"


def _of_case(entry: Entry, before: Case, network: Network) -> Iterator[str]:
    act, course = entry.act, before.path.course
    if course.state == "closed" and not isinstance(act, CaseReopened):
        yield "case-closed"
    if course.state == "suspended" and isinstance(act, ReferralSent):
        yield "case-suspended"
    if course.state != "suspended" and isinstance(act, CaseResumed):
        yield "not-suspended"
    if isinstance(act, CaseClosed | CaseReopened) and entry.actor != before.path.team.responsible:
        yield "closed-by-responsible"
    if isinstance(act, ReferralAct):
        yield from _of_referral(act, entry, before, network)


def _of_agreement(entry: Entry, before: Agreement) -> Iterator[str]:
    if before.terms.ended and before.terms.ended < entry.occurred.earliest.date():
        yield "agreement-over"
    if isinstance(entry.act, PlaceAnswered) and (ask := before.asks.get(entry.act.ask)):
        if ask.by == entry.actor:
            yield "answered-by-another"
        if ask.place_kind not in before.terms.places or entry.act.number > before.terms.places[ask.place_kind]:
            yield "places-as-agreed"


def _of_referral(act: ReferralAct, entry: Entry, before: Case, network: Network) -> Iterator[str]:
    match act:
        case ReferralSent(to=receiver):
            team = network.organisation(receiver).reached_through
            if team is not None and entry.actor != team:
                yield "second-level-through-team"
        case ReferralAccepted() | ReferralDeclined() | ReferralWaitlisted():
            referral = before.path.referrals.by_id.get(act.referral)
            if referral and referral.answer_by and entry.occurred.earliest.date() > referral.answer_by:
                yield "referral-answered-in-time"
        case _:
            pass


def _late(entry: Entry, network: Network) -> bool:
    found = network.rule("told-late", entry.recorded_at.date())
    if found is None or found[0].number is None or entry.imported_from:
        return False
    return entry.recorded_at - entry.occurred.latest > timedelta(days=found[0].number)
