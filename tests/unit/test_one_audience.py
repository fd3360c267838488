"""Views, feed and replay give the same readers for every entry: of the golden record, of a year, and of any record."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.simulation.year import simulate
from domain.access.audience import Audience, audience, opened
from domain.agreement import Agreement
from domain.case import Case
from domain.entry import Entry
from domain.network import Network
from domain.record_id import Kind
from services.batch import Told, decided
from services.feed.notices import Notices, connected_since
from services.replay import Asked, Totals, replayed
from services.views.projection import Projection
from services.views.rows import EVERYONE
from tests.any_record import any_entries
from tests.examples import CENTRE, COOP, HEALTH, OFFICE, TRAINER
from tests.feeds import registered
from tests.played import Played, State, played_onto
from tests.unit.given import told as entered
from tests.unit.given import uuid
from tests.unit.simulation.conftest import WANTED
from tests.unit.test_golden import ENTRIES

Shown = tuple[str, int, bool, str]
"""Reader, position, masked and categories."""


@dataclass
class Record:
    """In memory, up to where it has been walked; `network` stands at its end, as the feed finds it."""

    all: Sequence[Entry]
    network: Network = field(default_factory=Network)

    def __post_init__(self) -> None:
        self.network = reduce(Network.after, self.all, Network())

    def entries(self, originator_id: str, after: int = 0) -> list[Entry]:
        return [e for e in self.all if e.originator_id == originator_id and e.originator_version > after]

    def entries_up_to(self, originator_id: str, position: int) -> list[Entry]:
        return [e for e in self.all[:position] if e.originator_id == originator_id]

    def page(self, after: int, limit: int) -> list[Entry]:
        return list(self.all[after : after + limit])

    def position(self) -> int:
        return len(self.all)

    def with_a_system(self, position: int) -> set[str]:
        since = {id_: connected_since(self.network, id_) for id_ in self.network.organisations}
        return {id_ for id_, begun in since.items() if begun is not None and begun < position}


@dataclass
class Walk:
    """Entry by entry: what the views give to whom, and what the feed tells to whom."""

    record: Record
    views: dict[tuple[str, int], tuple[bool, str]] = field(default_factory=dict)

    def steps(self) -> Iterator[tuple[Entry, set[Shown], set[Shown]]]:
        projection, notices = Projection(self.record.entries, None), Notices(self.record)
        rulebooks: tuple[str, ...] = ()
        for entry in self.record.all:
            shown = set(self._viewed(projection, entry))
            told = {
                (n.organisation, n.seen.entry.position, n.seen.masked, " ".join(sorted(n.seen.categories)))
                for n in notices.of(entry, rulebooks)
            }
            if entry.kind is Kind.RULEBOOK and entry.originator_id not in rulebooks:
                rulebooks = (*rulebooks, entry.originator_id)
            yield entry, shown, told

    def _viewed(self, projection: Projection, entry: Entry) -> Iterator[Shown]:
        for (reader, _, position), how in projection.fold([entry]).audience.items():
            if how is None:
                self.views.pop((reader, position), None)
                continue
            self.views[reader, position] = bool(how.masked), how.categories
            for each in self._readers(reader, entry):
                yield each, position, bool(how.masked), how.categories

    def _readers(self, reader: str, entry: Entry) -> set[str]:
        """Of what is everybody's: those that have a system, and the one that it is about."""
        if reader != EVERYONE:
            return {reader}
        about = {entry.originator_id.split("/")[1]} if entry.kind is Kind.ORGANISATION else set()
        return self.record.with_a_system(entry.position) | about

    def seen_by(self, reader: str) -> dict[int, bool]:
        return {position: masked for (who, position), (masked, _) in self.views.items() if who in (reader, EVERYONE)}


def agree(entries: Sequence[Entry]) -> Record:
    record = Record([replace(e, position=n) for n, e in enumerate(entries, 1)])
    walk = Walk(record)
    for entry, shown, told in walk.steps():
        past = {each for each in told if each not in shown}
        assert shown <= told, (entry.id, shown - told)
        # One that has just got a system is told the past that is everybody's, which the views show to it anyway.
        assert all((EVERYONE, position) in walk.views and position < entry.position for _, position, _, _ in past)
    for reader in [*record.network.organisations]:
        found = {
            line["position"]: line.get("masked", False) for line in replayed(record, Asked(reader=reader), Totals())
        }
        assert found == walk.seen_by(reader), reader
    _as_the_policy_says(record, walk)
    return record


def _as_the_policy_says(record: Record, walk: Walk) -> None:
    cases: dict[str, Case] = {}
    for entry in record.all:
        if entry.kind is Kind.CASE:
            cases[entry.originator_id] = cases.get(entry.originator_id, Case(entry.originator_id)).after(entry)
    for entry in record.all:
        state: Case | Agreement | None = cases.get(entry.originator_id)
        if entry.kind is Kind.AGREEMENT:
            state = record.network.agreement(entry.originator_id.split("/")[1])
        sees = audience(entry, office=record.network.office, state=state)
        viewed = {reader for reader, position in walk.views if position == entry.position}
        assert viewed == ({EVERYONE} if sees.everyone else sees.organisations), entry.id


def test_of_the_golden_record() -> None:
    record = agree(ENTRIES)
    assert len({e.act.type for e in record.all}) > 60


class Kept(Played):
    """Keeps the entries of what it plays."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[Entry] = []

    def _enter(self, told: Told, state: State, entry: Entry) -> None:
        super()._enter(told, state, entry)
        self.entries.append(decided(entry, told, state, self.network)[0].entry)


def test_of_a_simulated_year() -> None:
    simulation = simulate(replace(WANTED, organisations=6, cases=8, months=6))
    record = agree(played_onto(Kept(), simulation).entries)
    assert len(record.all) > 100


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32))
def test_of_any_record(seed: int) -> None:
    agree([*registered(OFFICE, CENTRE, COOP, HEALTH, TRAINER), *any_entries(Random(seed), tries=40)])


@pytest.mark.parametrize("kind", ["programme", "coaching"])
def test_of_a_record_with_entries_of_an_unknown_kind(kind: str) -> None:
    plain = [*registered(OFFICE, CENTRE, COOP, HEALTH, TRAINER), *any_entries(Random(7), tries=40)]
    later = replace(plain[-1], originator_id=f"{kind}/018f0000-0000-7000-8000-000000000001", originator_version=1)
    between = [*plain[:10], later, *plain[10:]]
    record = agree(between)
    everything = [line["position"] for line in replayed(record, Asked(), Totals())]
    assert everything == [position for position in range(1, len(between) + 1) if position != 11]


def test_a_long_agreement_costs_each_new_entry_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """What older entries show is looked at again only when the parties are others than before."""
    asked: list[Entry] = []

    def counted(entry_: Entry, **state: Any) -> Audience:
        asked.append(entry_)
        return audience(entry_, **state)

    monkeypatch.setattr("domain.access.audience.audience", counted)
    id_ = f"agreement/{uuid(5)}"
    before = Agreement(id_).after(entered(1, COOP, "agreement-proposed", {"_record": id_}))
    for version in range(2, 302):
        after = before.after(entered(version, COOP, "agreement-amended", {"_record": id_, "joining": []}))
        assert [each.originator_version for _, each in opened(before, after)] == [version] * len(after.parties)
        before = after
    assert len(asked) == 300
