"""What two organisations that work together against a case can read, and what they can move of it.

They read only what others opened to one of them, and move no placement that is nothing to them. The stories are random.
Others tell only what the door takes; the two tell anything, and what the door refuses is put on the record all the
same, as if an older release had taken it. What they may read is worked out from the others' acts alone, by a few lines
that know nothing of the rules of authority.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given, note, settings
from hypothesis import strategies as st

from domain.case import Case
from domain.case.about import AboutAct, ActAttested, ActCorrected
from domain.case.leading import leads, speaks_for
from domain.case.placement import PlacementAgreed
from domain.case.placements import Followed, Placement
from domain.case.referral import ReferralAccepted, ReferralSent
from domain.case.team import HandoverAccepted, HandoverProposed, MemberJoined, MemberLeft
from domain.catalogue import ACTS
from domain.entry import Act, Entry
from domain.moment import Moment
from domain.refusal import Refused
from domain.visibility import sight
from tests.examples import CASE, CENTRE, COOP, EXAMPLES, HEALTH, NOON, PAPER, TRAINER, act, entry
from tests.unit.given import KNOWN_ACCOUNTS, uuid

RESPONSIBLE, OTHER, MALLORY, ACCOMPLICE = CENTRE, HEALTH, COOP, TRAINER
COALITION = (MALLORY, ACCOMPLICE)
IDS = [str(uuid(n)) for n in range(21, 24)]
LAST = 2**31
"""Stands for the entry before, whatever its version is by then."""

_EXAMPLES = os.environ.get("PROPERTY_EXAMPLES")
LOOK = settings(max_examples=int(_EXAMPLES or 150), deadline=None, derandomize=_EXAMPLES is None)

OF_OTHERS = (
    "member-joined", "member-joined", "member-left", "referral-sent", "contact-made", "contact-made",
    "placement-agreed", "placement-signed", "act-attested", "act-contested", "handover-proposed", "hours-recorded",
    "presentation-sheet-filed", "act-corrected", "case-suspended", "meeting-held", "meeting-convened",
    "placement-started",
)  # fmt: skip
OF_THE_TWO = (
    "referral-sent", "referral-sent", "referral-accepted", "referral-accepted", "member-joined", "member-left",
    "handover-accepted", "handover-proposed", "placement-agreed", "placement-agreed", "placement-started",
    "placement-signed", "act-corrected", "act-corrected", "act-retracted", "act-attested", "contact-made",
    "teller-named", "case-opened", "presentation-sheet-filed", "referral-withdrawn", "case-handed-out",
    "task-moved", "task-dropped", "task-done", "meeting-held", "meeting-moved", "visit-held",
    "placement-cancelled", "placement-ended", "placement-changed", "final-evaluation-shared",
)  # fmt: skip
ON_PLACEMENTS = (
    "placement-started", "placement-signed", "placement-changed", "placement-cancelled", "placement-ended",
    "placement-suspended", "final-evaluation-shared", "placement-agreed", "act-corrected", "act-retracted",
    "member-left", "act-attested", "act-attested", "act-attested",
)  # fmt: skip


NOTES = tuple(sorted(type_ for type_, act_class in ACTS.items() if act_class.may_be_narrowed))


@st.composite
def fields(draw: st.DrawFn, type_: str, whom: list[str]) -> dict[str, Any]:
    """Fields from so few values that acts meet one another."""
    ids = st.sampled_from(IDS)
    of: dict[str, Any] = {
        "referral": ids,
        "handover": ids,
        "placement": ids,
        "sheet": ids,
        "task": ids,
        "meeting": ids,
        "tasks": st.lists(st.fixed_dictionaries({"task": ids, "organisation": st.sampled_from(whom)}), max_size=1),
        "placements": st.just([]),
        "fulfils": st.just([]),
        "to": st.sampled_from(whom),
        "host": st.sampled_from(whom),
        "promoter": st.sampled_from(whom),
        "organisation": st.sampled_from(whom),
        "teller": st.sampled_from(whom),
        "past": st.sampled_from(["none", "since", "all", "all"]),
        "past_since": st.just("2026-03-02"),
        "entry": st.one_of(st.integers(1, 9), st.just(LAST)),
        "project": st.none(),
        "built_on": st.just([]),
        "outcomes": st.just([]),
        "shared_with": st.just([]),
        "with_organisation": st.none(),
        "agreement": st.none(),
        "ground": st.sampled_from(["mistake", "wrong-person", "wrong-organisation"]),
    }
    if type_ == "act-contested":
        del of["ground"]
    if type_ == "placement-changed":
        del of["tasks"]  # a text there
    known = act(type_).__class__.model_fields
    drawn = {name: draw(values) for name, values in of.items() if name in known}
    if type_ == "act-corrected":
        inner = draw(st.sampled_from([t for t in OF_THE_TWO if not t.startswith("act-")]))
        own = {n: v for n, v in EXAMPLES[inner].body.items() if n in act(inner).__class__.model_fields}
        drawn["act"] = {**own, **draw(fields(inner, whom))}
    return drawn


def sometime(draw: st.DrawFn, version: int, of_the_two: Sequence[str], hides: Sequence[tuple[()] | None]) -> Entry:
    """One more act, which somebody tries to tell; `hides` is what the two write into `only_for`."""
    by = draw(st.sampled_from([RESPONSIBLE, OTHER, *COALITION, *COALITION]))
    evil = by in COALITION
    type_ = draw(st.sampled_from(of_the_two if evil else OF_OTHERS))
    whom = [*COALITION, RESPONSIBLE, OTHER, PAPER] if evil else [*COALITION, OTHER]
    told_for = draw(st.sampled_from([None, None, None, RESPONSIBLE, OTHER, *COALITION, PAPER])) if evil else None
    hours = draw(st.sampled_from([version, version, 3, 4])) if evil else version
    return entry(
        act(type_, **draw(fields(type_, whom))),
        by,
        version,
        act_id=uuid(100 + version),
        occurred=Moment(NOON + timedelta(hours=hours)),
        recorded_at=NOON + timedelta(hours=version),
        on_behalf_of=None if told_for == by else told_for,
        evidence="phone" if told_for else "own",
        only_for=draw(st.sampled_from(hides)) if evil else None,
    )


@st.composite
def steps(draw: st.DrawFn) -> list[Entry]:
    """What is tried, in order; the case is opened by the responsible, with something told before the two come."""
    tried = [
        entry(act("referral-sent", referral=IDS[0], to=draw(st.sampled_from([OTHER, MALLORY]))), RESPONSIBLE, 1),
        entry(act("contact-made", with_organisation=None), RESPONSIBLE, 2),
        entry(act("member-joined", organisation=OTHER, past="all", past_since=None), RESPONSIBLE, 3),
    ]
    return tried + [
        sometime(draw, version, OF_THE_TWO, [None, None, ()]) for version in range(4, draw(st.integers(6, 16)))
    ]


@st.composite
def placed(
    draw: st.DrawFn, of_the_two: Sequence[str] = ON_PLACEMENTS, hides: Sequence[tuple[()] | None] = (None,)
) -> list[Entry]:
    """What is tried where all are members, and others have agreed a placement with whomever."""
    joined = [act("member-joined", organisation=each, past="none", past_since=None) for each in (OTHER, *COALITION)]
    told = [(act("case-opened"), RESPONSIBLE), *((each, RESPONSIBLE) for each in joined)]
    parties = st.sampled_from([OTHER, OTHER, PAPER, RESPONSIBLE, MALLORY])
    for id_ in IDS[: draw(st.integers(1, 3))]:
        host, promoter = draw(parties), draw(parties)
        signed = [{"party": "promoter", "organisation": promoter}] if draw(st.booleans()) else []
        agreed = act(
            "placement-agreed", placement=id_, host=host, promoter=promoter, signed_by=signed, agency=None,
            agreement=None, referral=None,
        )  # fmt: skip
        told.append((agreed, draw(st.sampled_from([RESPONSIBLE, OTHER]))))
    if draw(st.booleans()):
        told.append((act("placement-started", placement=IDS[0]), OTHER))
    tried = [entry(each, by, n, act_id=uuid(100 + n), recorded_at=NOON) for n, (each, by) in enumerate(told, 1)]
    for version in range(len(tried) + 1, len(tried) + draw(st.integers(3, 9)), 2):
        tried.append(sometime(draw, version, of_the_two, hides))
        seconds = draw(st.sampled_from([None, None, *COALITION, *COALITION, RESPONSIBLE]))
        if seconds and tried[-1].organisation in COALITION:
            attests = act("act-attested", entry=LAST)
            tried.append(entry(attests, seconds, version + 1, act_id=uuid(101 + version), recorded_at=NOON))
    return tried


def each_of(tried: list[Entry], *, forced: bool = False) -> Iterator[tuple[Case, Case]]:
    """The case before and after each that is entered.

    `forced`: what the two tell is on the record whatever the door says of it.
    """
    case = Case(CASE)
    for each in tried:
        told = replace(each, act=naming(each.act, case), originator_version=case.version + 1, position=case.version + 1)
        try:
            after = case.after(case.check(told, KNOWN_ACCOUNTS))
        except Refused:
            if not forced or each.organisation not in COALITION:
                continue
            after = case.after(told)
        yield case, after
        case = after


def naming(told: Act, case: Case) -> Act:
    last = isinstance(told, AboutAct) and told.entry == LAST and case.version
    return told.model_copy(update={"entry": case.version}) if last else told


def played(tried: list[Entry], *, forced: bool) -> Case:
    case = Case(CASE)
    for _, after in each_of(tried, forced=forced):
        case = after
    return case


@dataclass
class Opened:
    """What the acts of others have opened to one of the two."""

    since: int | None = None
    past: str = "none"
    threads: set[tuple[str, object]] = field(default_factory=set)
    all: bool = False

    def member(self, version: int, past: str = "none") -> None:
        self.since = version if self.since is None else min(self.since, version)
        self.past = past if past != "none" else self.past

    def shows(self, each: Entry) -> bool:
        if self.all or not self.threads.isdisjoint(each.act.threads):
            return True
        if self.since is None:
            return False
        return (
            each.originator_version >= self.since
            or self.past == "all"
            or (self.past == "since" and each.occurred.latest.date() >= date(2026, 3, 2))
        )


class Opening:
    """Reads a case as it was told, and keeps what others opened to each of the two. Generous where it is in doubt."""

    def __init__(self) -> None:
        self.opened = {each: Opened() for each in COALITION}
        self.sent: dict[object, ReferralSent] = {}
        self.by_responsible: set[object] = set()
        self.proposed: set[object] = set()

    def read(self, case: Case) -> "Opening":
        for version in range(1, case.version + 1):
            each = case.history.entries[version]
            if each.organisation in COALITION:
                self._by_one_of_the_two(each.act, each)
            elif each.ruled != "none" and not each.claim:
                self._by_others(each.act, each, case)
        return self

    def _by_others(self, told: Act, each: Entry, case: Case) -> None:
        leads, version = each.organisation == RESPONSIBLE, each.originator_version
        match told:
            case MemberJoined(organisation=o) if o in self.opened:
                self.opened[o].member(version, told.past)
                if told.past == "none" and self.opened[o].since == version:
                    self.opened[o].past = "none"
            case MemberLeft(organisation=o) if o in self.opened and leads:
                self.opened[o] = Opened(threads=self.opened[o].threads)
            case ReferralSent(to=o) if o in self.opened:
                self.sent[told.referral] = told
                self.opened[o].threads |= {("referral", told.referral), ("sheet", told.sheet)}
                if leads:
                    self.by_responsible.add(told.referral)
            case PlacementAgreed(host=o) if o in self.opened:
                self.opened[o].threads.add(("placement", told.placement))
                if leads:
                    self.opened[o].member(version)
            case HandoverProposed(to=o) if o in self.opened:
                self.opened[o].threads.add(("handover", told.handover))
                self.proposed.add(told.handover)
            case ActCorrected() if leads:  # it opens what it would have opened where it was told
                self._by_others(told.act, replace(each, originator_version=told.entry), case)
            case ActAttested() if leads and (target := case.history.entries.get(told.entry)):
                for opened in self.opened.values():
                    if target.organisation in COALITION and target.act.effect != "statement":
                        opened.member(version)
            case _:
                pass

    def _by_one_of_the_two(self, told: Act, each: Entry) -> None:
        opened = self.opened[each.organisation]
        match told:
            case ReferralAccepted(referral=r) if r in self.by_responsible and self.sent[r].to == each.organisation:
                opened.member(each.originator_version, self.sent[r].past)
            case HandoverAccepted(handover=h) if h in self.proposed:
                for one in self.opened.values():
                    one.all = True  # one of the two may be responsible now
            case _:
                pass


def read_by_the_two(case: Case) -> Iterator[Entry]:
    for each in case.history.entries.values():
        if each.organisation not in COALITION and any(sight(case, each, reader) for reader in COALITION):
            yield each


def root(each: Entry, case: Case) -> Entry:
    """The entry that a word about a word is about in the end, or the first that one of the two wrote."""
    while (
        isinstance(each.act, AboutAct)
        and each.act.entry < each.originator_version
        and each.organisation not in COALITION
    ):
        each = case.history.entries[each.act.entry]
    return each


def leaks(case: Case) -> list[tuple[int, str]]:
    opening = Opening().read(case)
    # What the two have begun themselves, others may speak in: they know with whom.
    begun = {t for e in case.history.entries.values() if e.organisation in COALITION for t in e.act.threads}
    return [
        (each.originator_version, each.act.type)
        for each in read_by_the_two(case)
        if (about := root(each, case)).organisation not in COALITION
        and begun.isdisjoint(about.act.threads)
        and not any(opened.shows(each) or opened.shows(about) for opened in opening.opened.values())
    ]


def shared(case: Case) -> tuple[object, ...]:
    """What everybody's acts are judged by; on contacts and observations only duties and irregularities depend."""
    path = case.path
    sheets = path.assessments.sheets, path.assessments.filed
    followed = {id_: replace(each, observations=0) for id_, each in path.placements.followed_up.items()}
    placements = path.placements.by_id, {id_: each for id_, each in followed.items() if each != Followed()}
    return path.team, path.referrals, path.course, path.meetings, placements, path.projects, sheets


def told_as(case: Case) -> str:
    """The story for a failure's report; nothing of it is about anybody."""
    lines = []
    for version, each in case.history.entries.items():
        fields_ = each.act.model_dump(exclude_defaults=True, exclude={"type"}, warnings=False)
        how = f"for={each.on_behalf_of} ruled={each.ruled} claim={each.claim}"
        lines.append((version, f"{version} {each.organisation} {each.act.type} {fields_} {how}"))
    return "\n".join(line for _, line in sorted(lines))


@LOOK
@given(steps())
def test_two_that_work_together_read_only_what_others_opened_to_one_of_them(tried: list[Entry]) -> None:
    case = played(tried, forced=False)
    note(told_as(case))
    assert leaks(case) == []


@LOOK
@given(steps())
def test_nor_do_they_by_what_an_older_release_has_let_them_write(tried: list[Entry]) -> None:
    case = played(tried, forced=True)
    note(told_as(case))
    assert leaks(case) == []


@LOOK
@given(st.one_of(steps(), placed(NOTES, [None, (), ()])))
def test_nothing_that_they_keep_from_the_others_moves_what_all_share(tried: list[Entry]) -> None:
    for before, after in each_of(tried):
        last = after.history.entries[after.version]
        assert last.only_for is None or shared(after) == shared(before), told_as(after)


def moved_alone(before: Case, after: Case) -> list[str]:
    """What the last entry, of one of the two, has moved of placements that are nothing to them.

    The mark *on one side's word* they lift of no placement, unless both are parties to it.
    """
    if after.history.entries[after.version].organisation not in COALITION:
        return []
    if any(leads(before, each) for each in COALITION):
        return []
    moved = []
    for id_, was in before.path.placements.by_id.items():
        now = after.path.placements.by_id.get(id_)
        own = {o for o in {*was.parties, *was.signed_for} if any(speaks_for(before, each, o) for each in COALITION)}
        lifted = now is not None and was.on_one_side and not now.on_one_side
        if now and lifted and now.words_of <= set(COALITION) and len(own) < 2:
            moved.append("lifted")
        if own:
            continue
        if lifted:
            moved.append("lifted")
        if now is None:
            moved.append("gone")
        elif said(was) != said(now):
            moved.append(f"{said(was)} {said(now)}")
        if before.path.placements.followed(id_).evaluated != after.path.placements.followed(id_).evaluated:
            moved.append("evaluated")
    return moved


def said(placement: Placement) -> tuple[object, ...]:
    return (
        placement.state,
        placement.hours_a_week,
        placement.ends,
        placement.parties,
        placement.pauses,
        placement.started,
    )


@LOOK
@given(placed())
def test_they_move_no_placement_that_is_nothing_to_them(tried: list[Entry]) -> None:
    for before, after in each_of(tried):
        assert moved_alone(before, after) == [], told_as(after)
