"""What an organisation has not used comes back little by little, and never grows over its bound."""

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.jetstream.drop_limits import fitted
from adapters.spending import Spending, size
from adapters.web.beginning import Beginning
from domain.agreement import Agreement
from domain.catalogue import ACTS, read_act
from domain.entry import Act
from domain.network import Network
from domain.submission import LARGEST, Submission
from domain.visibility import changes, past_opened
from services.answers import KnownAlready, Recorded, TryLater
from services.batch import State, Told, decided
from services.budgets import Budget, Limits
from services.desk import Arrival
from services.joining import BRINGS_IN, Joins, brought_in
from tests.examples import AGREEMENT, CENTRE, COOP, HANDOVER, HEALTH
from tests.unit.given import Step, case, then, told
from tests.unit.test_defaults import founded

OTHER = "oaltracooper2"


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_what_is_used_up_is_told_with_when_it_comes_back() -> None:
    clock = Clock()
    budget = Budget(most=10, rate=2, clock=clock)
    assert [budget.take(COOP) for _ in range(10)] == [0.0] * 10
    assert budget.take(COOP) == 0.5
    assert budget.take(OTHER) == 0.0
    assert budget.over() == {COOP}
    clock.now = 0.5
    assert budget.take(COOP) == 0.0
    assert budget.take(COOP) == 0.5
    clock.now = 100
    assert budget.used(COOP) == 0
    assert budget.over() == set()


def test_one_that_is_larger_than_the_budget_goes_through_when_nothing_is_used() -> None:
    clock = Clock()
    budget = Budget(most=10, rate=1, clock=clock)
    assert budget.take(COOP, 25) == 0.0
    assert budget.take(COOP, 1) == 16.0


@given(st.lists(st.tuples(st.floats(0, 5), st.integers(1, 5))))
def test_nobody_uses_more_than_its_bound_and_what_came_back(steps: list[tuple[float, int]]) -> None:
    clock, used = Clock(), 0.0
    budget = Budget(most=10, rate=1, clock=clock)
    for pause, wanted in steps:
        clock.now += pause
        if budget.take(COOP, wanted) == 0.0:
            used += wanted
        assert used <= 10 + clock.now + 1e-6


def test_what_was_used_before_a_restart_is_known_again() -> None:
    before, after = Budget(most=10, rate=0.001), Budget(most=10, rate=0.001)
    before.use(COOP, 9.5)
    after.begin_with(before.told())
    assert after.take(OTHER) == 0.0
    assert after.take(COOP) > 0


def test_what_is_not_recorded_uses_no_bytes_and_what_grew_when_it_was_sealed_uses_more() -> None:
    spending = Spending(Limits(record_bytes_a_day=100_000))
    arrival = Arrival(COOP, b"x" * 30_000)
    for answer in (TryLater(), KnownAlready(position=1, version=1), Recorded(position=0, version=1, dry_run=True)):
        assert spending.before(arrival) is None
        spending.after(arrival, answer)
        assert spending.bytes.used(COOP) < 1
    assert spending.before(arrival) is None
    spending.after(arrival, Recorded(position=1, version=1, sealed_bytes=90_000))
    assert spending.bytes.used(COOP) > 2 * size(arrival)
    later = spending.before(arrival)
    assert later is not None
    assert later.after_s > 1000


def test_who_keeps_the_desk_busy_stands_behind_the_others_and_is_decided_in_small_parts() -> None:
    spending = Spending(Limits(desk_share=0.1))
    spending.desk({COOP: 2.0, OTHER: 0.01}, {COOP: 4, OTHER: 40})
    assert spending.behind() == {COOP}
    assert spending.at_once(COOP, 200) == 1
    assert spending.at_once(OTHER, 200) == 200


def joined(organisation: str = OTHER) -> Act:
    return read_act({"type": "member-joined", "organisation": organisation, "role": "observer"}, "case")


def test_one_organisation_brings_another_into_so_many_cases_a_day_and_no_more() -> None:
    joins = Joins(3)
    assert [joins.wait(COOP, joined()) > 0 for _ in range(5)] == [False, False, False, True, True]
    assert joins.wait(COOP, joined("oterzacooper2")) == 0
    joins.give_back(COOP, joined())
    assert joins.wait(COOP, joined()) == 0
    assert joins.wait(OTHER, joined(COOP)) == 0


def test_what_brings_somebody_in_is_counted_also_within_a_correction() -> None:
    corrected = read_act(
        {
            "type": "act-corrected",
            "entry": 1,
            "ground": "mistake",
            "act": {"type": "member-joined", "organisation": OTHER, "role": "observer"},
        },
        "case",
    )
    sent = read_act({"type": "referral-sent", "referral": str(uuid4()), "to": OTHER, "service": "lab"}, "case")
    left = read_act({"type": "member-left", "organisation": OTHER, "reason_class": "other"}, "case")
    assert [list(brought_in(act)) for act in (corrected, sent, left)] == [[OTHER], [OTHER], []]
    parties = {"parties": [COOP, OTHER], "valid_from": "2026-01-01"}
    proposed = read_act({"type": "agreement-proposed", **parties}, "agreement")
    assert list(brought_in(proposed)) == [COOP, OTHER]


def test_every_field_that_brings_somebody_in_is_one_of_its_act() -> None:
    assert all(set(fields) <= set(ACTS[type_].model_fields) for type_, fields in BRINGS_IN.items())


def test_a_closed_drop_door_opens_again_as_it_was() -> None:
    shipped = {"name": "DROP_a", "max_bytes": 256 * 1024 * 1024, "metadata": {"incarnation": "1"}}
    opened = fitted(shipped, 1_000_000, closed=False)
    assert opened["max_bytes"] == 1_000_000
    closed = fitted(opened, 1_000_000, closed=True)
    assert closed["max_bytes"] == 1
    assert fitted(closed, 1_000_000, closed=True) == closed
    assert fitted(closed, 1_000_000, closed=False) == opened
    assert fitted(closed, 2_000_000, closed=False)["max_bytes"] == 2_000_000


def test_a_bound_that_an_administrator_has_set_stays() -> None:
    of_administrator = {"name": "DROP_a", "max_bytes": 777, "metadata": {"incarnation": "1"}}
    assert fitted(of_administrator, 1_000_000, closed=False) == of_administrator
    closed = fitted(of_administrator, 1_000_000, closed=True)
    assert fitted(closed, 1_000_000, closed=False) == of_administrator


@given(st.lists(st.binary(max_size=40_000), max_size=8))
def test_of_what_is_too_long_the_beginning_and_a_digest_of_the_whole_are_kept(chunks: list[bytes]) -> None:
    from hashlib import sha256

    begun, whole = Beginning(), b"".join(chunks)
    for chunk in chunks:
        begun.take(chunk)
    assert begun.body == whole[: LARGEST + 1]
    if len(whole) <= LARGEST + 1:
        assert begun.whole is None
    else:
        assert begun.whole is not None
        assert (begun.whole.bytes, begun.whole.digest) == (len(whole), sha256(whole).hexdigest())


OPENED: tuple[Step, ...] = ((CENTRE, "case-opened"), *((CENTRE, "contact-made"),) * 9)
JOINS: Step = (CENTRE, "member-joined", {"organisation": COOP, "past": "all", "past_since": None})
LATER: Step = (CENTRE, "member-joined", {"organisation": COOP, "past": "since", "past_since": "2036-01-01"})
"""It stays, and sees of the past only what happened since a day that nothing of it has reached."""
LEAVES: Step = (CENTRE, "member-left", {"organisation": COOP})


@pytest.mark.parametrize(
    ("steps", "last", "opened"),
    [
        ((), JOINS, 10),
        ((), (CENTRE, "member-joined", {"organisation": COOP, "past": "none"}), 0),
        ((), (CENTRE, "referral-sent", {"to": COOP}), 0),
        ((JOINS,), (CENTRE, "contact-made"), 0),
        ((JOINS,), JOINS, 0),
        ((JOINS,), LEAVES, 0),
        ((JOINS, LEAVES), JOINS, 12),
        ((JOINS,), LATER, 11),
        ((JOINS, LATER), JOINS, 11),
        ((JOINS, LATER, JOINS), LATER, 13),
        ((), LATER, 0),
        (
            (JOINS, (CENTRE, "handover-proposed", {"to": HEALTH})),
            (HEALTH, "handover-accepted", {"handover": HANDOVER}),
            12,
        ),
    ],
)
def test_what_an_act_opens_of_the_past_is_counted(steps: tuple[Step, ...], last: Step, opened: int) -> None:
    before = case(*OPENED, *steps)
    after = then(before, last)
    assert past_opened(before, after) == opened
    newly = sum(
        change.sight is not None and change.entry.originator_version <= before.version
        for change in changes(before, after, after.history.entries[after.version])
    )
    assert newly <= opened + 2, "what it is charged with is about what is sent"


def test_who_opens_a_long_past_again_and_again_has_used_up_its_bytes() -> None:
    """Nobody else's are used, not those of the one that is brought in either."""
    spending, told = Spending(Limits(record_bytes_a_day=1_000_000)), 0
    arrival = Arrival(COOP, b"x" * 300)
    while spending.before(arrival) is None:
        told += 1
        spending.after(arrival, Recorded(position=1, version=1, opened=100))
    assert told == 10
    assert spending.before(Arrival(OTHER, b"x" * 300)) is None
    spending.after(arrival, Recorded(position=0, version=1, opened=10**9, dry_run=True))
    assert spending.bytes.used(COOP) < 2_000_000


def opened_by(before: State, by: str, type_: str, network: Network, **changes: Any) -> int:
    """How many messages to others its teller is charged with."""
    draft = told(before.version + 1, by, type_, {**changes, "_record": before.id})
    sent = Submission(
        record=before.id,
        act=draft.act,
        act_id=draft.act_id,
        occurred=draft.occurred,
        practitioner=draft.practitioner,
        on_behalf_of=None,
        evidence=draft.evidence,
        only_for=None,
        imported_from=None,
        dry_run=False,
    )
    return decided(draft, Told(by, sent), before, network)[0].opened


def test_what_goes_to_everybody_uses_bytes_for_each_who_is_sent_it() -> None:
    """Else one organisation, with few bytes of its own, fills the feeds of all."""
    network = founded()
    office = network.office
    assert office
    itself = network.organisation(office)
    connected = sum(each.connected for each in network.organisations.values())
    named: dict[str, Any] = {"name": "x", "organisation_kind": None, "connected": None, "account": None, "token": None}
    assert opened_by(itself, COOP, "organisation-updated", network, **named) == connected
    assert opened_by(itself, office, "organisation-updated", network, **named) == 0, "the office has no bound"


def test_an_agreement_uses_bytes_for_each_party_that_sees_it() -> None:
    parties = [CENTRE, *(f"oparty{chr(97 + n) * 7}" for n in range(20))]
    before = Agreement(AGREEMENT)
    proposed = told(1, COOP, "agreement-proposed", {"parties": parties, "awaits": parties, "_record": AGREEMENT})
    assert opened_by(before, COOP, "agreement-proposed", founded(), parties=parties, awaits=parties) == 21
    assert opened_by(before.after(proposed), COOP, "place-asked", founded()) == 21
