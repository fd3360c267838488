"""Which rules of practice an act around a placement did not keep; it is recorded all the same."""

from collections.abc import Iterator
from datetime import date, timedelta

from domain.case import Case
from domain.case.assessment import VisitHeld
from domain.case.contact import ContactMade
from domain.case.leaving import goes_on
from domain.case.meeting import JOINT, MeetingHeld, ObligationWaived
from domain.case.placement import (
    AGENCY,
    INTERNSHIP,
    JOBS,
    SELF_EMPLOYED,
    FinalEvaluationShared,
    GrantPaid,
    HoursRecorded,
    IncidentReported,
    PlacementAct,
    PlacementAgreed,
    PlacementEnded,
    PlacementExtended,
    PlacementResumed,
    PlacementStarted,
    PlacementSuspended,
)
from domain.case.placements import Placement
from domain.case.team import MemberLeft
from domain.entry import SPECIAL, Entry
from domain.network import Network

TUTORED = frozenset({INTERNSHIP, "observation", "social-integration"})

_LONGEST = {"internship": "internship-longest", "inclusion-internship": "inclusion-internship-longest"}
"""Class of a regime → the rule that says how many months it lasts at most."""


def of_practice(entry: Entry, before: Case, network: Network) -> Iterator[str]:
    """The rules by id."""
    match entry.act:
        case VisitHeld() as act:
            yield from _of_visit(act, entry, before, network)
        case PlacementAgreed() as act:
            yield from _of_agreeing(act, entry, network)
        case PlacementAct() as act if placement := before.path.placements.by_id.get(act.placement):
            yield from _of_placement(act, placement, entry, network)
        case MeetingHeld() as act:
            yield from _of_meeting(act, entry, before)
        case ObligationWaived(agreed_by=agreed) if len({*agreed, entry.actor}) < 2:
            yield "waived-by-both"
        case FinalEvaluationShared() as act:
            yield from _of_evaluation(act, entry, before)
        case MemberLeft(organisation=organisation) if entry.actor == organisation and _of_its_own(organisation, before):
            yield "left-during-placement"
        case _:
            pass
    if isinstance(entry.act, ContactMade | MeetingHeld | PlacementEnded) and _silent(entry, before, network):
        yield "contact-gap"


def _of_visit(act: VisitHeld, entry: Entry, before: Case, network: Network) -> Iterator[str]:
    path = before.path
    if not path.assessments.sheet_before(entry.occurred):
        yield "sheet-before-visit"
    senders = before.path.senders(act.host)
    if senders and not senders & {entry.actor, *act.accompanied_by}:
        yield "visit-accompanied"
    # No rule may read what is sealed; that something of health was told shows in what is sealed.
    if "health" in entry.categories and entry.actor not in senders and not _special(entry.actor, network):
        yield "suitability-by-health"


def _of_its_own(organisation: str, before: Case) -> bool:
    """Whether a placement goes on of which it is the host or the promoter."""
    return any(goes_on(p) and organisation in (p.host, p.promoter) for p in before.path.placements.by_id.values())


def _special(organisation: str, network: Network) -> bool:
    kinds = network.rulebook.lists.get("organisation-kind") if network.rulebook else None
    item = kinds.get(network.organisation(organisation).organisation_kind) if kinds else None
    return item is not None and item.category in SPECIAL


def _of_agreeing(act: PlacementAgreed, entry: Entry, network: Network) -> Iterator[str]:
    if (act.channel == SELF_EMPLOYED) != (act.host is None):
        yield "placement-host"
    if act.channel == AGENCY and not (act.agency and act.user_company):
        yield "agency-mission-parties"
    if act.channel == INTERNSHIP and not (act.promoter and act.regime_class):
        yield "internship-promoter"
    if act.channel in JOBS and act.grant_cents:
        yield "grant-by-channel"
    if act.channel == INTERNSHIP and act.grant_cents is not None:
        least = _number("internship-indemnity", entry, network)
        if act.regime_class == INTERNSHIP and least is not None and act.grant_cents < least:
            yield "internship-indemnity"
    if longest := _too_long(act.regime_class, act.regime_months, act.starts, act.ends, entry, network):
        yield longest
    if act.agreement and not _under_agreement(act, entry, network):
        yield "agreement-in-force"


def _under_agreement(act: PlacementAgreed, entry: Entry, network: Network) -> bool:
    agreement = network.agreement(str(act.agreement))
    day = act.starts or entry.occurred.time.date()
    return agreement.in_force(day) and (act.host is None or act.host in agreement.signed)


def _of_placement(act: PlacementAct, placement: Placement, entry: Entry, network: Network) -> Iterator[str]:
    begun = placement.started
    if begun is None and isinstance(act, PlacementEnded | PlacementSuspended | HoursRecorded | GrantPaid):
        yield "placement-begun"
    match act:
        case PlacementStarted():
            yield from _of_start(act, placement, entry, network)
        case PlacementResumed() if not placement.suspensions:
            yield "placement-not-suspended"
        case PlacementExtended(ends=ends, need_attested=attested) if not attested:
            if longest := _longest_broken(placement, ends, entry, network):
                yield longest
        case PlacementEnded(ended=ended):
            if longest := _longest_broken(placement, min(ended, placement.ends or ended), entry, network):
                yield longest
            if placement.ends and ended > placement.ends:
                yield "placement-as-planned"
        case HoursRecorded() if begun and (
            act.period_until < begun or (placement.ended and act.period_from > placement.ended)
        ):
            yield "period-in-placement"
        case GrantPaid():
            if begun and (act.period_until < begun or (placement.ended and act.period_from > placement.ended)):
                yield "period-in-placement"
            if placement.channel in JOBS:
                yield "grant-by-channel"
        case IncidentReported():
            days = _number("incident-told", entry, network)
            if days is not None and entry.recorded_at - entry.occurred.latest > timedelta(days=days):
                yield "incident-told"
        case _:
            pass


def _of_start(act: PlacementStarted, placement: Placement, entry: Entry, network: Network) -> Iterator[str]:
    if act.started < placement.agreed_at.earliest.date():
        yield "start-after-agreement"
    if placement.starts and act.started < placement.starts:
        yield "placement-as-planned"
    wanted = _number("double-tutoring", entry, network)
    if placement.channel in TUTORED and wanted is not None and len(placement.tutors) < wanted:
        yield "double-tutoring"
    if not _signatories(placement) <= placement.signed:
        yield "signed-before-start"
    if act.insured is False:
        yield "insured-at-start"
    if act.communicated_on and act.communicated_on >= act.started:
        yield "start-communicated"


def _signatories(placement: Placement) -> frozenset[str]:
    """The parties whose signature the channel asks for."""
    if placement.channel == SELF_EMPLOYED:
        return frozenset({"person"})
    promoter = {"promoter"} if placement.channel == INTERNSHIP and placement.promoter else set()
    return frozenset({"person", "host", *promoter})


def _longest_broken(placement: Placement, ends: date, entry: Entry, network: Network) -> str | None:
    starts = placement.started or placement.starts
    return _too_long(placement.regime_class, placement.regime_months, starts, ends, entry, network)


def _too_long(
    regime: str | None, told: int | None, starts: date | None, ends: date | None, entry: Entry, network: Network
) -> str | None:
    """The rule that is not kept; a limit that was told goes before that of the rule."""
    rule = _LONGEST.get(regime or "")
    months = told or (_number(rule, entry, network) if rule else None)
    if rule is None or months is None or starts is None or ends is None:
        return None
    return rule if ends >= _months_on(starts, months) else None


def _months_on(day: date, months: int) -> date:
    """The same day so many months on; where that month is shorter, the first of the next."""
    years, month = divmod(day.month - 1 + months, 12)
    if day.year + years > date.max.year:
        return date.max
    try:
        return day.replace(year=day.year + years, month=month + 1)
    except ValueError:
        return date(day.year + years, month + 2, 1)


def _of_meeting(act: MeetingHeld, entry: Entry, before: Case) -> Iterator[str]:
    if act.meeting_kind not in JOINT:
        return
    known = before.path.placements.by_id
    placements = [p for id_ in act.placements or tuple(known) if (p := known.get(id_)) and not p.cancelled]
    hosts = {p.host for p in placements} or {None}
    present = {*act.organisations, entry.actor}
    if any((senders := before.path.senders(host)) and not senders & present for host in hosts):
        yield "meeting-joint"


def _of_evaluation(act: FinalEvaluationShared, entry: Entry, before: Case) -> Iterator[str]:
    path = before.path
    placement = path.placements.by_id.get(act.placement) if act.placement else None
    if placement and (placement.ended is None or entry.occurred.latest.date() < placement.ended):
        yield "evaluation-after-end"
    seen = path.placements.followed(act.placement)
    if not seen.team_outcomes + seen.monitored + path.assessments.team_outcomes:
        yield "evaluation-on-team-outcome"
    if not seen.observations + path.assessments.observations:
        yield "evaluation-on-observations"
    senders = before.path.senders(placement.host if placement else None)
    if senders and not senders & {entry.actor, *act.shared_with}:
        yield "final-evaluation"


def _silent(entry: Entry, before: Case, network: Network) -> bool:
    """Whether nobody spoke or met for longer than the rule says, since a placement that goes on had begun."""
    days = _number("contact-gap", entry, network)
    going_on = [p.started for p in before.path.placements.by_id.values() if p.started and not p.ended]
    if days is None or not going_on:
        return False
    last = max([min(going_on), *([before.path.contact.latest.date()] if before.path.contact else [])])
    return entry.occurred.earliest.date() - last > timedelta(days=days)


def _number(rule: str, entry: Entry, network: Network) -> int | None:
    found = network.rule(rule, entry.recorded_at.date())
    return found[0].number if found else None
