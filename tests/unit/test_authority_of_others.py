"""Ways round the rules of authority that a hostile reader has found, and their kind."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.calendar import Calendar
from domain.case import Case
from domain.case.accounts import Accounts, EverybodyConnected
from domain.case.claiming import MOST
from domain.case.leading import leads
from domain.organisation import Organisation
from domain.refusal import Refused
from domain.visibility import Standing, standing
from tests.examples import CENTRE, COOP, HANDOVER, HEALTH, OFFICE, OTHER_COOP, PAPER, PLACEMENT, REFERRAL, TRAINER
from tests.unit.given import ACCEPTED, KNOWN_ACCOUNTS, Step, case, judged, refused, stored, then, told, uuid
from tests.unit.test_defaults import founded

JOINED: Step = (CENTRE, "member-joined", {"organisation": HEALTH, "past": "none"})
FOR: dict[str, Any] = {"_evidence": "phone"}
SECOND = str(uuid(9))
STARTED: tuple[Step, ...] = (*ACCEPTED, (CENTRE, "placement-agreed", {"agreement": None}), (COOP, "placement-started"))


def outcome(before: Case, by: str, type_: str, **changes: Any) -> str:
    try:
        return "claim" if judged(before, by, type_, **changes).claim else "effect"
    except Refused as refusal:
        return refusal.code


@pytest.mark.parametrize("teller", [CENTRE, HEALTH])
def test_nobody_is_named_to_tell_for_a_receiver_that_has_a_system(teller: str) -> None:
    before = case(*ACCEPTED, JOINED)
    assert refused(before, CENTRE, "handover-proposed", to=TRAINER, teller=teller) == "teller.not-needed"


def test_a_handover_is_not_accepted_by_another_for_one_that_has_a_system() -> None:
    """As stored by an older release, with a teller named for it all the same."""
    before = case(
        *ACCEPTED, JOINED, (CENTRE, "handover-proposed", {"handover": HANDOVER, "to": TRAINER, "teller": HEALTH})
    )
    assert outcome(before, HEALTH, "handover-accepted", handover=HANDOVER, _on_behalf_of=TRAINER, **FOR) == "claim"
    own = stored(before, (TRAINER, "handover-accepted", {"handover": HANDOVER}))
    assert own.path.team.responsible == TRAINER
    assert not any(leads(own, each) for each in (CENTRE, HEALTH, COOP))


def test_who_handed_over_to_one_that_it_had_brought_in_admits_nobody() -> None:
    """Who brought an organisation in tells for it if that has no system; it holds nothing for one that speaks."""
    proposed = stored(case(*ACCEPTED), (CENTRE, "handover-proposed", {"handover": HANDOVER, "to": COOP}))
    handed = stored(proposed, (COOP, "handover-accepted", {"handover": HANDOVER}))
    assert not leads(handed, CENTRE)
    stays = (COOP, "member-joined", {"organisation": CENTRE, "role": "specialist", "past": "none"})
    sent = (CENTRE, "referral-sent", {"to": TRAINER, "referral": SECOND, "past": "none"})
    joined = stored(handed, stays, sent, (TRAINER, "referral-accepted", {"referral": SECOND}))
    stands = standing(joined, TRAINER)
    assert stands
    assert stands.role == "thread"


ADOPTED: tuple[Step, ...] = (
    *ACCEPTED,
    JOINED,
    (CENTRE, "case-handed-out"),
    (HEALTH, "case-adopted", {"organisation": HEALTH}),
)


@pytest.mark.parametrize("type_", ["act-corrected", "act-retracted"])
def test_who_adopted_a_case_opens_no_past_by_amending_what_admits(type_: str) -> None:
    adopted = case(*ADOPTED)
    entry = len(ACCEPTED) + 1
    wider = {"type": "member-joined", "organisation": HEALTH, "role": "specialist", "past": "all"}
    changes = {"entry": entry, **({"act": wider} if type_ == "act-corrected" else {})}
    assert refused(adopted, HEALTH, type_, **changes) == "case.past-not-confirmed"
    before, after = standing(adopted, HEALTH), standing(then(adopted, (HEALTH, type_, changes)), HEALTH)
    assert before == after


def test_a_confirmed_claim_has_the_effect_it_would_have_from_the_one_that_confirms_it() -> None:
    """A member tells a referral for another member; that one's word admits to the thread, as its own act would."""
    state = stored(
        case(*ACCEPTED, JOINED),
        (COOP, "referral-sent", {"to": TRAINER, "referral": SECOND, "past": "none", "_on_behalf_of": HEALTH, **FOR}),
    )
    claim = state.version
    assert [each.originator_version for each in state.open_claims] == [claim]
    confirmed = stored(
        state, (HEALTH, "act-attested", {"entry": claim}), (TRAINER, "referral-accepted", {"referral": SECOND})
    )
    stands = standing(confirmed, TRAINER)
    assert stands
    assert stands.role == "thread"


@pytest.mark.parametrize(
    ("by", "obligation", "expected"),
    [
        (CENTRE, f"joint-monitoring-{PLACEMENT}", "effect"),
        (COOP, f"joint-monitoring-{PLACEMENT}", "effect"),
        (COOP, f"joint-monitoring-{PLACEMENT}-2", "effect"),
        (HEALTH, f"joint-monitoring-{PLACEMENT}", "obligation.not-yours"),
        (HEALTH, f"joint-monitoring-{REFERRAL}", "obligation.not-yours"),
        (COOP, f"joint-monitoring-{SECOND}", "obligation.not-yours"),
        (COOP, "no-such-thing", "obligation.not-yours"),
        (COOP, f"joint-monitoring-{PLACEMENT}-{SECOND}", "obligation.not-yours"),
    ],
)
def test_only_those_who_owe_it_waive_an_obligation(by: str, obligation: str, expected: str) -> None:
    state = case(*STARTED, JOINED)
    assert outcome(state, by, "obligation-waived", obligations=[obligation], agreed_by=[CENTRE, COOP]) == expected


@pytest.mark.parametrize(("by", "expected"), [(CENTRE, "effect"), (COOP, "effect"), (HEALTH, "claim")])
def test_the_final_evaluation_is_of_those_whose_placement_it_is(by: str, expected: str) -> None:
    state = case(*STARTED, JOINED)
    assert outcome(state, by, "final-evaluation-shared", placement=PLACEMENT, project=None, built_on=[]) == expected


def test_who_is_only_asked_ends_no_meeting_and_no_task_of_others() -> None:
    meeting = str(uuid(77))
    others: tuple[Step, ...] = (
        *ACCEPTED,
        (CENTRE, "meeting-convened", {"meeting": meeting, "placements": [], "referral": None}),
        (CENTRE, "referral-sent", {"to": OTHER_COOP, "referral": SECOND, "past": "none"}),
    )
    state = case(*others)
    for type_ in ("meeting-cancelled", "meeting-held", "meeting-missed"):
        changes: dict[str, Any] = {"meeting": meeting, "referral": SECOND}
        changes |= {"placements": []} if type_ != "meeting-cancelled" else {}
        assert outcome(state, OTHER_COOP, type_, **changes) == "case.only-asked"
    own = stored(
        state, (OTHER_COOP, "meeting-convened", {"meeting": str(uuid(78)), "placements": [], "referral": SECOND})
    )
    assert outcome(own, OTHER_COOP, "meeting-cancelled", meeting=str(uuid(78)), referral=SECOND) == "effect"


@pytest.mark.parametrize("kind", ["company", "trainer", "temporary-work-agency", "trade-union", "of-no-list"])
def test_an_employer_a_trainer_or_an_agency_takes_up_no_case(kind: str) -> None:
    network = founded()
    barred = Organisation("organisation/x", organisation_kind=kind)
    network = replace(network, organisations=network.organisations.set("x", barred))
    assert (network.may_adopt("x"), network.never_adopts("x")) == (False, True)


@pytest.mark.parametrize("kind", ["social-cooperative-b", "municipality"])
def test_another_takes_one_up_only_where_it_sent_a_referral(kind: str) -> None:
    network = founded()
    known = Organisation("organisation/x", organisation_kind=kind)
    network = replace(network, organisations=network.organisations.set("x", known))
    assert (network.may_adopt("x"), network.never_adopts("x")) == (False, False)


def test_the_host_of_a_placement_does_not_adopt_the_case() -> None:
    """Though it is a public service."""
    hosted = (CENTRE, "placement-agreed", {"agreement": None, "host": HEALTH, "referral": None})
    released = case(*ACCEPTED, JOINED, hosted, (CENTRE, "case-handed-out"))
    assert outcome(released, HEALTH, "case-adopted", organisation=HEALTH) == "case.not-yours-to-adopt"


def test_who_proposes_a_handover_does_not_accept_it_for_one_without_a_system_that_it_brought_in() -> None:
    brought_in: Step = (CENTRE, "member-joined", {"organisation": PAPER, "past": "none"})
    before = case(*ACCEPTED, JOINED, brought_in, (CENTRE, "handover-proposed", {"to": PAPER, "teller": HEALTH}))
    accepts = {"handover": HANDOVER, "_on_behalf_of": PAPER, **FOR}
    assert outcome(before, CENTRE, "handover-accepted", **accepts) == "claim"
    assert then(before, (CENTRE, "handover-accepted", accepts)).path.team.responsible == CENTRE
    assert stored(before, (HEALTH, "handover-accepted", accepts)).path.team.responsible == PAPER
    # As an older release has stored it, with no teller named.
    untold = case(*ACCEPTED, JOINED, brought_in, (CENTRE, "handover-proposed", {"to": PAPER, "teller": None}))
    assert outcome(untold, CENTRE, "handover-accepted", **accepts) == "claim"
    assert then(untold, (CENTRE, "handover-accepted", accepts)).path.team.responsible == CENTRE


def test_who_refers_to_the_responsible_holds_nothing_for_it() -> None:
    """A referral of another member is answered by its receiver; it is no member by the word of these two."""
    before = case(
        (CENTRE, "case-opened"), JOINED, (HEALTH, "referral-sent", {"to": CENTRE, "referral": SECOND, "past": "none"})
    )
    sent: Step = (HEALTH, "referral-sent", {"to": TRAINER, "past": "none"})
    forced = then(before, (HEALTH, "member-joined", {"organisation": COOP, "past": "all"}), sent)
    forced = then(forced, (TRAINER, "referral-accepted"))
    stands = standing(forced, TRAINER)
    assert standing(forced, COOP) is None
    assert stands
    assert stands.role == "thread"


# A case that the office has somebody take up

FRIDAY = datetime(2026, 3, 6, 9, tzinfo=UTC)
PLACED = then(
    case(
        *ACCEPTED,
        JOINED,
        (CENTRE, "member-joined", {"organisation": PAPER, "past": "none"}),
        (CENTRE, "handover-proposed", {"to": HEALTH}),
        (HEALTH, "handover-accepted", {"handover": HANDOVER}),
        (HEALTH, "member-joined", {"organisation": CENTRE, "past": "none"}),
        (HEALTH, "case-handed-out"),
    ),
    (OFFICE, "case-adopted", {"organisation": PAPER, "_recorded_at": FRIDAY}),
)
NAMED: Step = (OFFICE, "teller-named", {"organisation": PAPER, "teller": COOP})
CONFIRMED: dict[str, Any] = {"organisation": PAPER, "_recorded_at": FRIDAY + timedelta(days=7)}


def test_who_brought_an_organisation_in_does_not_speak_for_it_once_the_office_had_it_take_up_the_case() -> None:
    """Nobody does but whom the office names, among those who belong."""
    suspends = {"_on_behalf_of": PAPER, **FOR}
    assert [outcome(PLACED, by, "case-suspended", **suspends) for by in (CENTRE, HEALTH, COOP)] == [
        "case.not-responsible"
    ] * 3
    assert outcome(PLACED, CENTRE, "teller-named", organisation=PAPER, teller=CENTRE) == "case.not-responsible"
    assert outcome(PLACED, OFFICE, "teller-named", organisation=PAPER, teller=TRAINER) == "member.unknown"
    assert outcome(PLACED, OFFICE, "teller-named", organisation=HEALTH, teller=COOP) == "case.unknown"
    named = stored(PLACED, NAMED)
    assert outcome(named, COOP, "case-suspended", **suspends) == "effect"
    assert outcome(named, CENTRE, "case-suspended", **suspends) == "case.not-responsible"
    confirmed = stored(named, (OFFICE, "past-confirmed", CONFIRMED))
    joined = {"organisation": TRAINER, "past": "none", **suspends}
    assert standing(stored(confirmed, (COOP, "member-joined", joined)), TRAINER)
    assert standing(then(confirmed, (CENTRE, "member-joined", joined)), TRAINER) is None


def test_a_teller_takes_up_no_case_for_another() -> None:
    released = case((CENTRE, "case-opened"), (CENTRE, "member-joined", {"organisation": PAPER}), JOINED)
    released = then(released, (CENTRE, "case-handed-out"))
    assert outcome(released, CENTRE, "case-adopted", organisation=PAPER) == "case.not-responsible"


class WithCalendar(EverybodyConnected):
    """Its Monday the ninth of March is a holiday."""

    office = OFFICE
    calendars = (Calendar(holidays=frozenset({date(2026, 3, 9)})),)


@pytest.mark.parametrize(
    ("days", "accounts", "expected"),
    [
        (6, KNOWN_ACCOUNTS, "2026-03-13"),
        (7, KNOWN_ACCOUNTS, ""),
        (7, WithCalendar(), "2026-03-16"),
        (9, WithCalendar(), "2026-03-16"),
        (10, WithCalendar(), ""),
    ],
)
def test_the_past_is_confirmed_once_all_have_known_of_it_for_five_working_days(
    days: int, accounts: Accounts, expected: str
) -> None:
    named = stored(PLACED, NAMED)
    tried = told(named.version + 1, OFFICE, "past-confirmed", {**CONFIRMED, "_recorded_at": FRIDAY + timedelta(days)})
    if not expected:
        assert standing(named.after(named.check(tried, accounts)), PAPER) == Standing("responsible")
        return
    with pytest.raises(Refused) as refusal:
        named.check(tried, accounts)
    assert (refusal.value.code, refusal.value.facts) == ("case.past-confirmed-too-early", {"day": expected})


def test_a_past_confirmed_too_early_opens_nothing_where_it_is_stored() -> None:
    early = then(PLACED, (OFFICE, "past-confirmed", {**CONFIRMED, "_recorded_at": FRIDAY + timedelta(days=6)}))
    assert standing(early, PAPER) == standing(PLACED, PAPER)
    later = then(early, (OFFICE, "past-confirmed", CONFIRMED))
    assert standing(later, PAPER) == Standing("responsible")


# Who was asked, in a meeting of its own


def test_who_is_only_asked_names_in_its_own_meeting_no_task_of_others() -> None:
    meeting, own, task = str(uuid(77)), str(uuid(78)), str(uuid(79))
    given: dict[str, Any] = {"task": task, "organisation": CENTRE}
    held = {"meeting": meeting, "placements": [], "referral": None, "tasks": [given], "task_texts": []}
    state = case(
        *ACCEPTED,
        (CENTRE, "meeting-held", held),
        (CENTRE, "referral-sent", {"to": OTHER_COOP, "referral": SECOND, "past": "none"}),
    )
    mine = {**held, "meeting": own, "referral": SECOND, "tasks": [{**given, "organisation": OTHER_COOP}]}
    assert outcome(state, OTHER_COOP, "meeting-held", **mine) == "case.only-asked"
    assert outcome(state, OTHER_COOP, "task-done", task=task, referral=SECOND) == "case.only-asked"
    free = {**mine, "tasks": [{"task": str(uuid(80)), "organisation": OTHER_COOP}]}
    after = stored(state, (OTHER_COOP, "meeting-held", free))
    tasks = after.path.meetings.tasks
    assert (tasks[UUID(task)].organisation, tasks[uuid(80)].organisation) == (CENTRE, OTHER_COOP)
    assert outcome(after, OTHER_COOP, "task-done", task=str(uuid(80)), referral=SECOND) == "effect"


# Claims that wait

PHONED: dict[str, Any] = {"_on_behalf_of": HEALTH, **FOR}


def sent_for(number: int) -> tuple[str, str, dict[str, Any]]:
    """A member tells for another, which has a system, that it refers the person."""
    return (COOP, "referral-sent", {"to": TRAINER, "referral": str(uuid(200 + number)), "past": "none", **PHONED})


def test_the_same_is_claimed_once_while_it_waits() -> None:
    asked = case(*ACCEPTED, JOINED, (CENTRE, "referral-sent", {"to": HEALTH, "referral": SECOND, "past": "none"}))
    answer = {"referral": SECOND, **PHONED}
    waits = stored(asked, (COOP, "referral-accepted", answer))
    assert refused(waits, COOP, "referral-accepted", **answer) == "claim.waits-already"
    assert [outcome(waits, by, "referral-accepted", **answer) for by in (CENTRE, COOP)] == [
        "claim",
        "claim.waits-already",
    ]
    assert outcome(waits, COOP, "referral-declined", **answer) == "claim"
    assert outcome(waits, HEALTH, "referral-accepted", referral=SECOND) == "effect"
    taken_back = stored(waits, (COOP, "act-retracted", {"entry": waits.version}))
    assert outcome(taken_back, COOP, "referral-accepted", **answer) == "claim"
    heard = stored(waits, (HEALTH, "act-attested", {"entry": waits.version}))
    stands = standing(heard, HEALTH)
    assert stands
    assert stands.threads >= {("referral", UUID(SECOND))}


def test_one_account_has_so_many_claims_waiting_and_takes_nothing_from_the_others() -> None:
    before = case(*ACCEPTED, JOINED)
    full = stored(before, *map(sent_for, range(MOST)))
    by, type_, changes = sent_for(MOST)
    assert outcome(full, by, type_, **changes) == "claim.too-many"
    assert outcome(full, CENTRE, type_, **changes) == "claim"
    assert outcome(full, COOP, type_, to=TRAINER, referral=SECOND, past="none") == "effect"
    heard = stored(full, (HEALTH, "act-attested", {"entry": before.version + 1}))
    assert outcome(heard, by, type_, **changes) == "claim"


def test_claims_that_an_older_release_took_wait_on() -> None:
    """All of them; each takes effect once it is heard, for whoever it concerns to see."""
    state = case(*ACCEPTED, JOINED)
    first = state.version
    for number in range(MOST + 5):
        by, type_, changes = sent_for(number)
        state = state.after(replace(told(state.version + 1, by, type_, changes), claim=True))
    assert len(list(state.open_claims)) == MOST + 5
    heard = stored(state, (HEALTH, "act-attested", {"entry": first + MOST + 5}))
    stands = standing(heard, TRAINER)
    assert stands
    assert stands.threads == {("referral", uuid(200 + MOST + 4))}


OUTSIDE: dict[str, Any] = {"agreement": None, "host": OTHER_COOP, "referral": None}
BEFORE_ADOPTION: tuple[Step, ...] = (
    *ACCEPTED,
    JOINED,
    (COOP, "referral-sent", {"to": TRAINER, "referral": SECOND, "past": "none"}),
    (TRAINER, "referral-accepted", {"referral": SECOND}),
    (COOP, "placement-agreed", {**OUTSIDE, "promoter": COOP}),
    (CENTRE, "case-handed-out"),
    (HEALTH, "case-adopted", {"organisation": HEALTH}),
)


@pytest.mark.parametrize(("entry", "whom"), [(5, TRAINER), (6, OTHER_COOP)])
def test_who_adopted_a_case_makes_nobody_a_member_by_attesting(entry: int, whom: str) -> None:
    adopted = stored(case(), *BEFORE_ADOPTION)
    attests: Step = (HEALTH, "act-attested", {"entry": entry})
    assert refused(adopted, HEALTH, "act-attested", entry=entry) in ("case.past-not-confirmed", "entry.unknown")
    for each in (adopted, then(adopted, attests), then(adopted, attests).refolded()):
        stands = standing(each, whom)
        assert stands
        assert stands.role == "thread"


def test_nor_by_agreeing_a_placement_with_a_host_from_outside() -> None:
    adopted = case(*ADOPTED)
    agrees: Step = (HEALTH, "placement-agreed", {**OUTSIDE, "promoter": HEALTH})
    for each in (stored(adopted, agrees), then(adopted, agrees), then(adopted, agrees).refolded()):
        stands = standing(each, OTHER_COOP)
        assert stands
        assert stands.role == "thread"
