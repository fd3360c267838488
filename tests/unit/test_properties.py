"""What holds for every order of acts from any organisations, true or absurd, taken or refused."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial, reduce
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.case import Case, replay
from domain.case.about import AboutAct
from domain.catalogue import ACTS
from domain.entry import Entry
from domain.irregularities import irregularities
from domain.moment import Moment
from domain.network import Network
from domain.refusal import Refused
from domain.rules import check
from domain.visibility import (
    Sight,
    Sights,
    changes,
    readers,
    sight,
    standing,
    standings,
    standings_after,
    touched,
    unsettled,
)
from tests.examples import CASE, CENTRE, COOP, EXAMPLES, HEALTH, NOON, OTHER_COOP, PAPER, TRAINER, act, entry
from tests.unit.given import code_of, uuid
from tests.unit.test_defaults import founded

ORGANISATIONS = (CENTRE, COOP, HEALTH, TRAINER, OTHER_COOP)
OF_THE_CASE = sorted(t for t, a in ACTS.items() if a.kind == "case")
PLAIN = [t for t in OF_THE_CASE if not issubclass(ACTS[t], AboutAct)]
LIKELY = (
    "referral-sent", "referral-accepted", "referral-accepted", "member-joined", "member-joined", "member-left",
    "handover-proposed", "handover-accepted", "act-corrected", "act-retracted", "contact-made",
)  # fmt: skip

THREADS = [str(uuid(n)) for n in range(1, 4)]

# `PROPERTY_EXAMPLES=2000 pytest …` looks further, along other ways each time.
_EXAMPLES = os.environ.get("PROPERTY_EXAMPLES")
QUICK = settings(max_examples=int(_EXAMPLES or 30), deadline=None, derandomize=_EXAMPLES is None)


@st.composite
def changed(draw: st.DrawFn, type_: str) -> Mapping[str, Any]:
    """Fields as they may be told, drawn from so few values that acts meet each other."""
    of: dict[str, Any] = {
        "referral": st.sampled_from(THREADS),
        "handover": st.sampled_from(THREADS),
        "to": st.sampled_from(ORGANISATIONS),
        "organisation": st.sampled_from(ORGANISATIONS),
        "past": st.sampled_from(["none", "since", "all"]),
        "past_since": st.sampled_from([None, "2026-03-02", "2026-03-04"]),
        "entry": st.integers(1, 8),
        "ground": st.sampled_from(["mistake", "mistake", "wrong-person"]),
    }
    if type_ == "act-contested":
        del of["ground"]
    drawn = {name: draw(values) for name, values in of.items() if name in ACTS[type_].model_fields}
    if type_ == "act-corrected":
        inner = draw(st.sampled_from(PLAIN))
        own = {n: v for n, v in EXAMPLES[inner].body.items() if n in ACTS[inner].model_fields}
        drawn["act"] = {**own, **draw(changed(inner))}
    return drawn


@st.composite
def told(draw: st.DrawFn, version: int) -> Entry:
    type_ = draw(st.sampled_from(LIKELY) | st.sampled_from(OF_THE_CASE))
    hours = draw(st.sampled_from([version, version, version, 0, version - 30]))
    return entry(
        act(type_, **draw(changed(type_))),
        draw(st.sampled_from(ORGANISATIONS[:4]) | st.sampled_from(ORGANISATIONS)),
        version,
        act_id=uuid(draw(st.integers(version * 3, version * 3 + 2))),
        occurred=Moment(NOON + timedelta(hours=hours), draw(st.sampled_from(["instant", "instant", "day"]))),
        recorded_at=NOON + timedelta(hours=version),
        on_behalf_of=draw(st.sampled_from([None, None, None, None, COOP, PAPER])),
        only_for=draw(st.sampled_from([None, None, None, (CENTRE,), (COOP, HEALTH), ()])),
    )


@st.composite
def any_entries(draw: st.DrawFn, most: int = 10) -> list[Entry]:
    """Anything from anybody in any order, as if the door had taken it."""
    return [draw(told(version)) for version in range(1, draw(st.integers(1, most)) + 1)]


@st.composite
def taken(draw: st.DrawFn, most: int = 14) -> list[Entry]:
    """What the door takes of it: begun by a referral, each further act only if it is not refused."""
    case, entries = Case(CASE), []
    tries = [entry(act("referral-sent", referral=THREADS[0]), CENTRE, 1)]
    for _ in range(draw(st.integers(3, most))):
        for tried in tries:
            if not code_of(partial(case.check, tried)):
                case = case.after(tried)
                entries.append(tried)
        tries = [draw(told(case.version + 1))]
    return entries


def cases(entries: list[Entry]) -> Iterator[Case]:
    """The case after each entry, from none on."""
    case = Case(CASE)
    yield case
    for each in entries:
        case = case.after(each)
        yield case


@QUICK
@given(any_entries())
def test_folding_never_fails(entries: list[Entry]) -> None:
    assert reduce(Case.after, entries, Case(CASE)).version == len(entries)


@QUICK
@given(any_entries())
def test_replaying_is_folding(entries: list[Entry]) -> None:
    assert replay(entries, Case(CASE)) == reduce(Case.after, entries, Case(CASE))


@QUICK
@given(any_entries(), st.integers(0, 10))
def test_replaying_goes_on_from_anywhere(entries: list[Entry], at: int) -> None:
    half = replay(entries[:at], Case(CASE))
    assert replay(entries[at:], half) == replay(entries, Case(CASE))


@QUICK
@given(any_entries(), st.data())
def test_what_is_refused_leaves_no_trace(entries: list[Entry], data: st.DataObject) -> None:
    case = replay(entries, Case(CASE))
    tried = data.draw(told(case.version + 1))
    code_of(lambda: check(tried, case, founded()))
    assert case == replay(entries, Case(CASE))


@QUICK
@given(any_entries(), st.data())
def test_deciding_is_refusing_or_nothing_and_the_same_each_time(entries: list[Entry], data: st.DataObject) -> None:
    case, network = replay(entries, Case(CASE)), founded()
    tried = data.draw(told(case.version + 1))
    assert code_of(lambda: check(tried, case, network)) == code_of(lambda: check(tried, case, network))


@QUICK
@given(taken())
def test_whatever_was_taken_could_be_taken_again_in_the_same_order(entries: list[Entry]) -> None:
    codes = [code_of(partial(case.check, each)) for case, each in zip(cases(entries), entries, strict=False)]
    assert codes == [""] * len(entries)


@QUICK
@given(taken())
def test_there_is_at_most_one_responsible_and_it_belongs(entries: list[Entry]) -> None:
    for case in cases(entries):
        team = case.path.team
        held = {o for o, stays in team.responsibilities.items() if any(s.until is None for s in stays)}
        assert held == ({team.responsible} if team.responsible else set())


@QUICK
@given(taken())
def test_no_organisation_is_a_member_twice_at_once(entries: list[Entry]) -> None:
    team = replay(entries, Case(CASE)).path.team
    assert all(sum(s.until is None for s in stays) <= 1 for stays in team.memberships.values())


@QUICK
@given(any_entries() | taken())
def test_marking_irregularities_never_fails(entries: list[Entry]) -> None:
    network = founded()
    for case, each in zip(cases(entries), entries, strict=False):
        assert irregularities(each, case, network) == irregularities(each, case, network)
        assert irregularities(each, case, Network()) == ()


Seen = dict[tuple[str, int], Sight]


def seen(case: Case, among: tuple[str, ...] = ORGANISATIONS) -> Seen:
    found = ((r, v, sight(case, e, r)) for r in among for v, e in case.history.entries.items())
    return {(reader, version): how for reader, version, how in found if how is not None}


@QUICK
@given(any_entries() | taken())
def test_what_changes_with_each_entry_adds_up_to_what_is_seen(entries: list[Entry]) -> None:
    known: Seen = {}
    before = Case(CASE)
    for each in entries:
        after = before.after(each)
        for change in changes(before, after, each):
            key = (change.reader, change.entry.originator_version)
            known.pop(key, None)
            if change.sight is not None:
                known[key] = change.sight
        assert known == seen(after, (*ORGANISATIONS, PAPER))
        before = after


@QUICK
@given(any_entries() | taken())
def test_standings_that_are_kept_are_those_that_would_be_worked_out(entries: list[Entry]) -> None:
    before = Case(CASE)
    kept = standings(before)
    for each in entries:
        after = before.after(each)
        kept = standings_after(kept, before, after, each)
        assert list(kept.items()) == [(r, standing(after, r)) for r in sorted(readers(after))]
        before = after


@QUICK
@given(any_entries() | taken())
def test_who_is_settled_sees_all_of_the_past_as_before(entries: list[Entry]) -> None:
    before = Case(CASE)
    for each in entries:
        after = before.after(each)
        settled = tuple({*ORGANISATIONS, PAPER} - unsettled(standings(before), standings(after)))
        amended = {e.originator_version for e in touched(before, each)} | {after.version}
        assert _but(amended, seen(after, settled)) == _but(amended, seen(before, settled))
        before = after


def _but(versions: set[int], of: Seen) -> Seen:
    return {key: how for key, how in of.items() if key[1] not in versions}


@QUICK
@given(any_entries() | taken())
def test_sights_asked_for_in_order_are_those_asked_for_one_by_one(entries: list[Entry]) -> None:
    case = replay(entries, Case(CASE))
    for reader in (*ORGANISATIONS, PAPER):
        sights = Sights(case, standing(case, reader), reader)
        assert [sights.of(e) for e in entries] == [sight(case, e, reader) for e in entries]


@QUICK
@given(any_entries() | taken())
def test_only_readers_see_anything(entries: list[Entry]) -> None:
    case = replay(entries, Case(CASE))
    assert {reader for reader, _ in seen(case, (*ORGANISATIONS, PAPER))} <= readers(case)


@QUICK
@given(any_entries() | taken())
def test_two_organisations_agree_on_every_entry_that_both_see_in_clear(entries: list[Entry]) -> None:
    found = seen(replay(entries, Case(CASE)))
    by_version: dict[int, set[Sight]] = {}
    for (_, version), how in found.items():
        by_version.setdefault(version, set()).add(how)
    assert all(len(ways) == 1 for ways in by_version.values())


@QUICK
@given(any_entries() | taken())
def test_whoever_wrote_an_entry_sees_that_it_is_there(entries: list[Entry]) -> None:
    found = seen(replay(entries, Case(CASE)))
    assert all((e.organisation, e.originator_version) in found for e in entries)


@QUICK
@given(any_entries() | taken())
def test_who_neither_stands_to_the_case_nor_wrote_in_it_sees_nothing(entries: list[Entry]) -> None:
    case = replay(entries, Case(CASE))
    strangers = {o for o in ORGANISATIONS if standing(case, o) is None} - {e.organisation for e in entries}
    assert not {reader for reader, _ in seen(case)} & strangers


@QUICK
@given(taken())
def test_only_for_is_kept_from_all_others(entries: list[Entry]) -> None:
    case = replay(entries, Case(CASE))
    kept = [e for e in entries if e.only_for is not None]
    narrow = {e.originator_version: {*(e.only_for or ()), e.organisation, e.on_behalf_of} for e in kept}
    assert all(reader in narrow[version] for reader, version in seen(case) if version in narrow)


@QUICK
@given(taken(), st.data())
def test_to_a_stranger_every_act_is_as_in_no_case(entries: list[Entry], data: st.DataObject) -> None:
    case = replay(entries, Case(CASE))
    tried = data.draw(told(case.version + 1))
    asked = replace(tried, organisation="ostrangeraaaa", on_behalf_of=None)
    with pytest.raises(Refused) as refusal:
        check(asked, case, founded())
    assert (refusal.value.code, refusal.value.facts) == ("case.unknown", {})


def test_every_act_of_a_case_can_be_drawn() -> None:
    assert set(OF_THE_CASE) == {t for t in EXAMPLES if ACTS[t].kind == "case"}
