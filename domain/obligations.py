"""What is due on a case as of a day: a pure function of the entries, the rulebook and the day.

Whoever sees fewer entries is told of less: give it the case as the reader sees it.
"""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from domain.case import Case
from domain.case.about import AboutAct
from domain.case.closing import CaseClosed
from domain.case.meeting import MeetingMissed, ObligationWaived
from domain.case.placement import PersonHired
from domain.case.referral import ReferralAct
from domain.due.named import id_of
from domain.due.parties import parties, playing
from domain.due.placements import Placed, placed
from domain.due.referrals import answers_due
from domain.due.told import Told, day_of
from domain.due.words import who_attests
from domain.entry import Act
from domain.facts import dataclass, replace
from domain.network import Network
from domain.obligation import EXPECTED, Obligation, State, merged
from domain.rulebook import Rulebook


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """`id` is unique on the case. `convenes` and `attests` are organisations: the latter have still to confirm it.

    `resolves` are the types of act that resolve it; of what is resolved there are none. `left_by` are those who had to
    convene it and have left: what was late then stays missed by them, anything else is the responsible's to reassign.
    """

    id: str
    obligation: Obligation
    convenes: tuple[str, ...] = ()
    attests: tuple[str, ...] = ()
    resolves: tuple[str, ...] = ()
    left_by: tuple[str, ...] = ()

    @property
    def to_reassign(self) -> tuple[str, ...]:
        """Whose it was, as long as it can still be done."""
        return self.left_by if self.state in EXPECTED else ()

    @property
    def missed_by(self) -> tuple[str, ...]:
        return self.left_by if self.state == "missed" else ()

    @property
    def rule(self) -> str:
        return self.obligation.rule

    @property
    def edition(self) -> int:
        return self.obligation.edition

    @property
    def made_by(self) -> int:
        return self.obligation.made_by

    @property
    def due(self) -> date:
        return self.obligation.due

    @property
    def state(self) -> State:
        return self.obligation.state

    @property
    def acting(self) -> frozenset[str]:
        """Who has to convene it or to answer; once it was held, who has still to confirm it."""
        return frozenset(self.attests or self.convenes)


def may_move(case: Case, act: Act, rulebook: Rulebook | None) -> bool:
    """Whether an act that was just entered may have opened, resolved, confirmed or put in doubt anything at all."""
    act = spoken_of(case, act)
    by_hand = isinstance(act, MeetingMissed | ObligationWaived | PersonHired)
    timed = rulebook is not None and act.type in rulebook.timed_by
    placed = bool(case.path.placements.by_id) or isinstance(act, ReferralAct | CaseClosed)
    return (by_hand or timed) and placed  # without a placement it can only be about a referral


@dataclass(frozen=True, slots=True)
class DueList:
    """By due date, as it stands on a day, and the day until which time alone does not change it (not included).

    `cut_short` are subjects, such as placements, whose obligations are too many to be counted to the end.
    """

    dues: tuple[Due, ...]
    until: date
    cut_short: tuple[str, ...] = ()


def spoken_of(case: Case, act: Act) -> Act:
    """The act that is spoken of in the end: what is said about an act moves at most what that act may move."""
    while isinstance(act, AboutAct) and (told := case.history.entries.get(act.entry)):
        if isinstance(told.act, AboutAct) and told.act.entry >= act.entry:
            break  # it speaks of an entry that was not there yet
        act = told.act
    return act


def of_referral(case: Case, id_: UUID, network: Network, as_of: date) -> tuple[Due, ...] | None:
    """What one referral has asked for; None if its entries alone do not tell."""
    if case.claims:
        return None
    told = Told(case, network, as_of, only=versions_of(case, id_))
    return tuple(_due(told, each, (to,)) for each, to in answers_due(told))


def versions_of(case: Case, id_: UUID) -> tuple[int, ...]:
    """The entries of one referral, and those that stop or end the case."""
    threads = case.threads.of(case.history)
    return tuple(sorted({*threads.versions(id_), *threads.versions("course")}))


def obligations_of(case: Case, network: Network, as_of: date) -> tuple[Due, ...]:
    """All that the case ever asked for up to that day, by due date. It never refuses."""
    return due_list(case, network, as_of).dues


def due_list(case: Case, network: Network, as_of: date) -> DueList:
    told = Told(case, network, as_of)
    found = [_due(told, each, (to,)) for each, to in answers_due(told)]
    for each in placed(told):
        found += _of_placement(told, each)
    turns = {day_of(e) for _, e in case.effective()} | {e.in_force_from for e in told.rulebook.editions} | told.turns
    until = min((day for day in turns if day > as_of), default=date.max)
    return DueList(tuple(sorted(found, key=lambda d: (d.due, d.id))), until, tuple(sorted(told.cut_short)))


def _of_placement(told: Told, placed: Placed) -> Iterator[Due]:
    now = parties(told, placed.placement)
    responsible = told.case.path.team.responsible
    all_ = tuple(placed.due())
    ids = {each.key: id_of(each) for each in all_}
    for each in merged(all_):
        shown, own = replace(each, merged_into=ids.get(each.merged_into, "")), playing(now, each.convenes)
        there = tuple(o for o in own if told.left_on(o) is None)
        convenes = there or ((responsible,) if responsible else ())
        due = _due(told, shown, convenes, frozenset().union(*now.values()))
        yield due if there else _left(told, due, own)


def _left(told: Told, due: Due, by: tuple[str, ...]) -> Due:
    """Of what nobody is there to convene any more: what was late on the day on which they left stays missed."""
    days = [day for each in by if (day := told.left_on(each))]
    if not days:
        return due
    if due.state in ("late", "missed") and due.obligation.latest < max(days):
        missed = replace(due.obligation, state="missed")
        return replace(due, obligation=missed, convenes=by, resolves=(), left_by=by)
    return replace(due, left_by=by) if due.state in EXPECTED else due


def _attests(told: Told, obligation: Obligation, sides: frozenset[str]) -> tuple[str, ...]:
    """Who has still to attest it, for itself or for one that cannot."""
    telling = told.case.history.entries.get(obligation.resolved_by or 0)
    if telling is None:
        return ()
    heard = sides | {telling.organisation}
    return tuple(sorted({who_attests(told, each, heard) for each in obligation.silent}))


def _due(told: Told, obligation: Obligation, convenes: tuple[str, ...], sides: frozenset[str] = frozenset()) -> Due:
    """`sides` are those between whom it is, where it is joint."""
    attests = _attests(told, obligation, sides)
    timer = told.timer(obligation)
    resolves = timer.fulfilled_with if timer and obligation.state in EXPECTED else ()
    if attests:
        resolves = ("act-attested",)
    return Due(id=id_of(obligation), obligation=obligation, convenes=convenes, attests=attests, resolves=resolves)
