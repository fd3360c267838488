"""A network of which the story is told, and that is asked about it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from adapters.mapper import read_entry
from adapters.sql.generations import generations
from adapters.sql.writing import stored
from domain.entry import Entry
from services.answers import LookUp
from services.keyring import Key, Keyring, KnownPerson, Owner
from services.queries.due_book import DueBook
from services.queries.queries import Queries
from services.views.views import Views
from tests.examples import NOON
from tests.list_record import ListRecord
from tests.unit.given import Step, entered, sealed, story
from tests.unit.test_defaults import founded

SOON = 10.0


class KeysInMemory:
    """So that a test may take a single key away."""

    def __init__(self) -> None:
        self.keys: dict[Owner, Key] = {}
        self.elsewhere: dict[str, frozenset[str]] = {}

    def put(self, keys: Mapping[Owner, Key]) -> Mapping[Owner, Key]:
        self.keys = dict(keys) | self.keys
        return {owner: self.keys[owner] for owner in keys}

    def by_id(self, ids: Sequence[str]) -> Mapping[str, Key]:
        return {key.id: key for key in self.keys.values() if key.id in ids}

    def note(
        self, persons: Sequence[KnownPerson], *, taking_part: frozenset[str], day: date, a_day: int
    ) -> list[LookUp]:
        raise NotImplementedError  # nothing is told here: the story is on the record already

    def known_elsewhere(
        self, records: Sequence[str], *, organisation: str, taking_part: frozenset[str]
    ) -> frozenset[str]:
        known = self.elsewhere.get(organisation, frozenset()) if organisation in taking_part else frozenset()
        return known & set(records)


class Asked:
    """A network of which the story is told, and then more."""

    def __init__(self, folder: Path, url: str | None) -> None:
        self.keys = KeysInMemory()
        self.record = ListRecord()
        self.tell(story())
        self.views = Views(self.record, generations(folder, url))
        self.dues = DueBook(founded)
        self.queries = Queries(
            self.views,
            Keyring(self.keys),
            self.dues,
            lambda _: founded(),
            clock=lambda: NOON + timedelta(days=40),
        )

    def tell(self, entries: Iterable[Entry]) -> None:
        self.record.append(as_kept(sealed(e, self.keys.keys)) for e in entries)

    def continue_(self, record_id: str, *steps: Step, of: str = "case") -> None:
        before = self.record.entries(f"{of}/{record_id}")
        start = self.record.position()
        for n, told in enumerate(entered(steps, after=len(before)), 1):
            self.tell([replace(told, originator_id=f"{of}/{record_id}", position=start + n)])

    @property
    def now(self) -> dict[str, Any]:
        return {"after": self.record.position(), "timeout": SOON}


def as_kept(entry: Entry) -> Entry:
    return replace(read_entry(stored(entry)), position=entry.position)
