"""Changes of an agreement: who ends one that is not signed, what others see of it, and how many may wait."""

from datetime import date
from functools import reduce
from typing import Any

import pytest

from domain.access.audience import audience
from domain.agreement import Agreement
from domain.changing import KEPT, MOST_PENDING
from domain.entry import Entry
from domain.refusal import Refused
from domain.rules import check
from services.agreements import Agreements
from tests.examples import AGREEMENT, CENTRE, COOP, HEALTH, OTHER_COOP, PAPER, TRAINER, act, entry
from tests.unit.given import code_of, uuid
from tests.unit.test_defaults import founded

Step = tuple[str, str, dict[str, Any]]
PARTIES = (CENTRE, COOP, TRAINER)
BEGUN: tuple[Step, ...] = (
    (COOP, "agreement-proposed", {"parties": [CENTRE, TRAINER], "signed_by": [], "valid_until": None}),
    *((by, "agreement-signed", {"party": by}) for by in (COOP, CENTRE, TRAINER)),
)
CHANGE = 5
PLAIN: Step = (COOP, "agreement-amended", {"joining": [], "places": None, "cadence_months": 1})
JOINS: Step = (COOP, "agreement-amended", {"joining": [HEALTH], "places": None, "cadence_months": 1})
RENEWED: Step = (CENTRE, "agreement-renewed", {"valid_until": "2028-12-31", "places": None})


def signs(by: str, change: int) -> Step:
    return (by, "agreement-signed", {"party": by, "change": change})


def declines(by: str, change: int = CHANGE, **more: Any) -> Step:
    return (by, "agreement-change-declined", {"change": change, **more})


def withdraws(by: str, change: int = CHANGE, **more: Any) -> Step:
    return (by, "agreement-change-withdrawn", {"change": change, **more})


def made(version: int, by: str, type_: str, fields: dict[str, Any]) -> Entry:
    envelope = {n[1:]: v for n, v in fields.items() if n.startswith("_")}
    told = act(type_, **{n: v for n, v in fields.items() if not n.startswith("_")})
    return entry(told, by, version, record=AGREEMENT, **envelope)


def told(before: Agreement, *steps: Step) -> Agreement:
    """Through the door."""
    for step in steps:
        before = before.after(check(made(before.version + 1, *step), before, founded()))
    return before


def forced(before: Agreement, *steps: Step) -> Agreement:
    """As an older release may have stored it."""
    return reduce(Agreement.after, (made(before.version + n, *s) for n, s in enumerate(steps, 1)), before)


def refusal(before: Agreement, step: Step) -> str:
    return code_of(lambda: told(before, step))


def agreed(*steps: Step) -> Agreement:
    return told(Agreement(AGREEMENT), *BEGUN, *steps)


def seen(agreement: Agreement, reader: str) -> list[int]:
    return [v for v, each in sorted(agreement.history.entries.items()) if reader in audience(each, state=agreement)]


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (withdraws(COOP), ""),
        (withdraws(CENTRE), "agreement.not-to-be-withdrawn"),
        (withdraws(COOP, 6), "agreement.not-to-be-withdrawn"),
        (withdraws(COOP, 99), "agreement.not-to-be-withdrawn"),
        (withdraws(HEALTH), "agreement.unknown"),
        (declines(CENTRE), ""),
        (declines(TRAINER), ""),
        (declines(HEALTH), ""),  # it is asked to join
        (declines(HEALTH, 6), "agreement.not-to-be-declined"),
        (declines(HEALTH, 99), "agreement.not-to-be-declined"),
        (declines(COOP), "agreement.not-to-be-declined"),
        (declines(OTHER_COOP), "agreement.unknown"),
        (declines(CENTRE, _only_for=(CENTRE,)), "only-for.not-on-this-act"),
        (declines(CENTRE, _on_behalf_of=TRAINER), "act.for-a-connected"),
    ],
)
def test_a_change_is_ended_by_who_proposed_it_or_has_to_sign_it(step: Step, code: str) -> None:
    waiting = agreed(JOINS, RENEWED)
    assert refusal(waiting, step) == code
    over = forced(waiting, step)
    assert [each.change for each in over.changes.dropped] == (
        [] if code and code != "act.for-a-connected" else [CHANGE]
    )


@pytest.mark.parametrize("ends", [withdraws(COOP), declines(TRAINER)])
def test_what_comes_after_it_is_held_up_no_longer_and_all_see_why(ends: Step) -> None:
    waiting = agreed(JOINS, RENEWED, *(signs(by, 6) for by in (COOP, TRAINER)))
    assert waiting.terms.valid_until is None
    over = told(waiting, ends)
    assert over.terms.valid_until == date(2028, 12, 31)
    assert (over.terms.cadence_months, HEALTH in over.parties) == (6, False)
    assert [over.outstanding(each) for each in (*PARTIES, HEALTH)] == [[]] * 4
    assert [over.version in seen(over, each) for each in (*PARTIES, HEALTH)] == [True] * 4
    assert seen(over, HEALTH) == list(range(CHANGE, over.version + 1))  # it was to sign both
    assert refusal(over, signs(CENTRE, CHANGE)) == "agreement.not-to-sign"
    assert refusal(over, ends) in ("agreement.not-to-be-withdrawn", "agreement.not-to-be-declined")


def test_who_has_signed_may_still_decline_until_all_have() -> None:
    """So one whose account is shut, and that can neither sign nor decline, holds nobody up for ever."""
    waiting = agreed(PLAIN, signs(CENTRE, CHANGE))
    assert told(waiting, declines(CENTRE)).changes.pending == ()
    assert refusal(told(waiting, signs(TRAINER, CHANGE)), declines(CENTRE)) == "agreement.not-to-be-declined"


def test_who_is_asked_to_join_signs_for_itself_alone() -> None:
    for_another: Step = (HEALTH, "agreement-signed", {"party": CENTRE, "change": CHANGE})
    assert refusal(agreed(JOINS), for_another) == "agreement.unknown"


def test_each_party_has_so_many_changes_waiting_and_none_takes_the_room_of_another() -> None:
    full = agreed(*[PLAIN] * MOST_PENDING)
    assert refusal(full, PLAIN) == "agreement.too-many-changes"
    assert refusal(full, RENEWED) == ""
    assert refusal(told(full, withdraws(COOP, CHANGE + 3)), PLAIN) == ""
    longer = forced(full, *[(*PLAIN[:2], {**PLAIN[2], "awaits": [CENTRE]})] * 50)
    assert len(longer.changes.pending) == MOST_PENDING + 50
    ended = told(longer, *(declines(CENTRE, each.version) for each in longer.changes.pending))
    assert (ended.changes.pending, len(ended.changes.dropped)) == ((), KEPT)


def test_a_party_that_joins_sees_the_change_what_is_told_of_it_and_all_from_its_joining_on() -> None:
    asks = [{"ask": f"018f0000-0000-7000-8000-0000000000f{n}"} for n in range(3)]
    steps = (JOINS, (CENTRE, "place-asked", asks[0]), signs(TRAINER, CHANGE), signs(HEALTH, CHANGE))
    before = agreed(*steps, (CENTRE, "place-asked", asks[1]))
    assert seen(before, HEALTH) == [5, 7, 8]
    joined = told(before, signs(CENTRE, CHANGE), (CENTRE, "place-asked", asks[2]))
    assert HEALTH in joined.parties
    assert seen(joined, HEALTH) == [5, 7, 8, 10, 11]
    assert seen(joined, TRAINER) == list(range(1, 12))
    walked = Agreements(lambda _, after: list(joined.history.entries.values())[after:])
    opened = [
        e.originator_version for each in joined.history.entries.values() for r, e in walked.opened(each) if r == HEALTH
    ]
    assert opened == [5, 7, 8, 10, 11]
    assert HEALTH in walked.as_seen(AGREEMENT, HEALTH).parties


def test_what_was_stored_before_anybody_was_awaited_lets_who_joins_see_all() -> None:
    old = forced(agreed(), (COOP, "agreement-amended", {"joining": [HEALTH], "awaits": None}))
    assert seen(old, HEALTH) == [1, 2, 3, 4, 5]


# Ending


@pytest.mark.parametrize(("day", "code"), [("2026-03-01", "agreement.ended-before-today"), ("2026-03-02", "")])
def test_one_party_alone_ends_it_from_today_on(day: str, code: str) -> None:
    ends: Step = (COOP, "agreement-ended", {"ended": day})
    assert refusal(agreed(), ends) == code
    stored = forced(agreed(), ends)
    assert [stored.in_force(date(2026, 3, each)) for each in (1, 2, 3)] == [True, True, False]


def test_before_today_it_ends_once_all_have_signed() -> None:
    earlier: Step = (COOP, "agreement-amended", {**PLAIN[2], "valid_until": "2026-02-01"})
    waiting = agreed(earlier, signs(CENTRE, CHANGE))
    assert waiting.in_force(date(2026, 2, 20))
    assert not told(waiting, signs(TRAINER, CHANGE)).in_force(date(2026, 2, 20))


def test_an_end_far_away_does_not_keep_another_party_from_an_earlier_one() -> None:
    far = agreed((COOP, "agreement-ended", {"ended": "2035-12-31"}))
    assert refusal(far, (CENTRE, "agreement-ended", {"ended": "2035-12-31"})) == "agreement.has-ended"
    sooner = told(far, (CENTRE, "agreement-ended", {"ended": "2026-04-30"}))
    assert [sooner.in_force(date(2026, month, 30)) for month in (4, 5)] == [True, False]
    with pytest.raises(Refused, match=r"agreement.has-ended"):
        told(sooner, (COOP, "agreement-ended", {"ended": "2026-06-30"}))


def test_a_later_end_that_is_stored_puts_none_off() -> None:
    ended = agreed((COOP, "agreement-ended", {"ended": "2026-04-30"}))
    assert forced(ended, (COOP, "agreement-ended", {"ended": "2026-12-31"})).terms == ended.terms


def test_who_is_to_join_signs_what_is_proposed_meanwhile_and_sees_it() -> None:
    """Nobody is bound by terms that it has not seen."""
    waiting = agreed(JOINS, RENEWED)
    later = waiting.version
    assert waiting.outstanding(HEALTH) == [CHANGE, later]
    signing = told(waiting, *(signs(by, CHANGE) for by in (CENTRE, TRAINER, HEALTH)))
    assert HEALTH in signing.parties
    assert later in seen(signing, HEALTH)
    over = told(signing, *(signs(by, later) for by in (COOP, TRAINER)))
    assert over.terms.valid_until is None
    assert told(over, signs(HEALTH, later)).terms.valid_until == date(2028, 12, 31)


def test_who_does_not_join_holds_up_nothing_that_came_after() -> None:
    waiting = agreed(JOINS, RENEWED, *(signs(by, CHANGE + 1) for by in (COOP, TRAINER, HEALTH)))
    over = told(waiting, declines(HEALTH))
    assert over.terms.valid_until == date(2028, 12, 31)
    gone = told(agreed(JOINS, RENEWED), declines(HEALTH))
    assert gone.outstanding(HEALTH) == []
    assert refusal(gone, declines(HEALTH, CHANGE + 1)) == "agreement.unknown"
    assert told(gone, *(signs(by, CHANGE + 1) for by in (COOP, TRAINER))).terms.valid_until == date(2028, 12, 31)


def test_who_signed_a_change_that_came_to_nothing_is_no_signer() -> None:
    over = told(agreed(JOINS), signs(HEALTH, CHANGE), withdraws(COOP))
    assert over.signed == set(PARTIES)


@pytest.mark.parametrize(
    "terms", [{"convener": HEALTH}, {"roles": [{"organisation": HEALTH, "role": "tutor"}]}], ids=["convener", "roles"]
)
def test_terms_name_parties_alone(terms: dict[str, Any]) -> None:
    plain = {"joining": [], "places": None, **terms}
    assert refusal(agreed(JOINS), (COOP, "agreement-amended", plain)) == "agreement.not-a-party"
    assert refusal(agreed(), (COOP, "agreement-amended", {**plain, "joining": [HEALTH]})) == ""


ASK = str(uuid(30))
MEETING = str(uuid(31))
ASKED: tuple[Step, ...] = (
    (COOP, "place-asked", {"ask": ASK, "number": 3}),
    (TRAINER, "place-answered", {"ask": ASK, "number": 3}),
    (COOP, "meeting-convened", {"meeting": MEETING, "placements": [], "referral": None, "day": "2026-12-10"}),
)


@pytest.mark.parametrize(
    ("on_behalf_of", "code"), [(TRAINER, "act.for-a-connected"), (HEALTH, "agreement.not-a-party"), (None, "")]
)
@pytest.mark.parametrize(
    ("type_", "answer"),
    [("place-answered", {"ask": ASK, "number": 0}), ("invitation-answered", {"meeting": MEETING})],
)
def test_an_answer_is_of_the_party_that_gives_it(
    type_: str, answer: dict[str, Any], on_behalf_of: str | None, code: str
) -> None:
    asked = agreed(*ASKED)
    step: Step = (CENTRE, type_, {**answer, "_on_behalf_of": on_behalf_of, "_evidence": "phone"})
    assert refusal(asked, step) == code
    if code == "agreement.not-a-party":  # as an older release may have stored it
        assert dict(next(iter(forced(asked, step).asks.values())).answers) == {TRAINER: 3}


def test_a_party_without_a_system_is_answered_for() -> None:
    with_paper = told(
        Agreement(AGREEMENT),
        (COOP, "agreement-proposed", {"parties": [CENTRE, PAPER], "signed_by": [], "valid_until": None}),
        ASKED[0],
    )
    for_paper: Step = (COOP, "place-answered", {"ask": ASK, "number": 2, "_on_behalf_of": PAPER, "_evidence": "phone"})
    assert dict(next(iter(told(with_paper, for_paper).asks.values())).answers) == {PAPER: 2}


def test_who_joined_later_sees_answers_and_declines_as_those_before_it_do() -> None:
    """It does not see between whom the agreement was proposed."""
    joined = agreed(JOINS, *(signs(by, CHANGE) for by in (CENTRE, TRAINER, HEALTH)))
    over = told(joined, *ASKED[:2], RENEWED, declines(TRAINER, joined.version + 3))
    entries = [over.history.entries[version] for version in seen(over, HEALTH)]
    its = reduce(Agreement.after, entries, Agreement(AGREEMENT))
    assert dict(next(iter(its.asks.values())).answers) == {TRAINER: 3}
    assert [each.change for each in its.changes.dropped] == [joined.version + 3]
    pending = told(joined, RENEWED)
    its = reduce(Agreement.after, [pending.history.entries[v] for v in seen(pending, HEALTH)], Agreement(AGREEMENT))
    assert its.changes.pending[0].awaits == pending.changes.pending[0].awaits
