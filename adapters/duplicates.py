"""Persons of cases as keyed digests, beside the keys, and how often each organisation looked one up.

A digest is of an identifier, the name and the birth date together: without the naming key the database tells of
nobody, and with it only whoever knows all three finds anything. Looking up writes the same whatever it finds, in one
transaction, so that its duration does not tell.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Boolean, Column, Connection, Engine, Index, Integer, LargeBinary, MetaData, Table, Text

from domain.facts import dataclass
from services.answers import LookUp
from services.keyring import KnownPerson

KEPT: Final = timedelta(days=400)
"""For so long is kept how many persons each organisation looked up on a day."""
AT_ONCE: Final = 500
_NOBODY: Final = b""


def tables(metadata: MetaData) -> None:
    """Tables that are made when a folder that has none is opened; `asked` rows are those whose owner may be told."""
    Table(
        "person",
        metadata,
        Column("digest", LargeBinary, primary_key=True),
        Column("organisation", LargeBinary, primary_key=True),
        Column("subject", LargeBinary, primary_key=True),
        Column("asked", Boolean, nullable=False),
        Column("met", Boolean, nullable=False),
        Index("person_by_subject", "subject"),
    )
    Table(
        "look_up",
        metadata,
        Column("organisation", LargeBinary, primary_key=True),
        Column("day", Text, primary_key=True),
        *(Column(name, Integer, nullable=False) for name in ("counted", "found", "over")),
    )


@dataclass(frozen=True, slots=True)
class LookedUp:
    """Combinations that were looked up, acts that were answered with a possible duplicate, acts above the budget."""

    counted: int = 0
    found: int = 0
    over: int = 0


class SqlDuplicates:
    """`digest` is the keyed digest of the key store."""

    def __init__(self, engine: Engine, reading: Engine, digest: Callable[[str], bytes]) -> None:
        self._engine, self._reading, self._digest = engine, reading, digest
        self._sharing: tuple[frozenset[str], frozenset[bytes]] = (frozenset(), frozenset())

    def note(
        self, persons: Sequence[KnownPerson], *, taking_part: frozenset[str], day: date, a_day: int
    ) -> list[LookUp]:
        sharing = self._digests(taking_part)
        with self._engine.begin() as connection:
            if connection.dialect.name == "postgresql":  # of two who tell one person at once, the second finds it
                connection.exec_driver_sql("SET LOCAL synchronous_commit = off")  # as in SQLite, see `adapters.keys`
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('raccordo.person'))")
            return [self._noted(connection, person, sharing, day, a_day) for person in persons]

    def known_elsewhere(
        self, records: Sequence[str], *, organisation: str, taking_part: frozenset[str]
    ) -> frozenset[str]:
        if not records or organisation not in taking_part:
            return frozenset()
        by, sharing = self._digest(organisation), self._digests(taking_part)
        named = {self._digest(record): record for record in records}
        found: set[str] = set()
        with self._reading.begin() as connection:
            for start in range(0, len(records), AT_ONCE):
                rows = _run(connection, _KNOWN_ELSEWHERE, list(named)[start : start + AT_ONCE], by, by)
                found |= {named[bytes(subject)] for subject, other in rows if bytes(other) in sharing}
        return frozenset(found)

    def looked_up(self, organisations: Sequence[str], since: date) -> Mapping[str, LookedUp]:
        """Of each organisation that looked anybody up from that day on."""
        named = {self._digest(organisation): organisation for organisation in organisations}
        with self._reading.begin() as connection:
            rows = _run(connection, _LOOKED_UP, since.isoformat())
            return {named.get(bytes(by), f"?{by.hex()[:6]}"): LookedUp(*map(int, counts)) for by, *counts in rows}

    def _noted(
        self, connection: Connection, person: KnownPerson, sharing: frozenset[bytes], day: date, a_day: int
    ) -> LookUp:
        """The same statements whether somebody is found or not, so that the duration does not tell."""
        subject, by = self._digest(person.record), self._digest(person.organisation)
        digests = list(dict.fromkeys(map(self._digest, person.combinations)))
        new = len(digests) - len(_replaced(connection, subject, by, digests))
        if not person.asks or not digests:
            return "not-asked"
        if new and new + _counted(connection, by, day) > a_day:
            _run(connection, _COUNT, by, day.isoformat(), 0, 0, 1)
            return "over-budget"
        rows = [(bytes(d), bytes(o)) for d, o in _run(connection, _OTHERS, digests, subject, by)]
        others = [(digest, other) for digest, other in rows if other in sharing]
        known = {digest for digest, _ in others}
        for digest in digests:
            _run(connection, _ASKED, digest in known, digest, subject)
        _run(connection, _MET, digests, [other for _, other in others] or [_NOBODY], subject)
        _run(connection, _COUNT, by, day.isoformat(), new, int(bool(known)), 0)
        return "known" if known else "nobody"

    def _digests(self, taking_part: frozenset[str]) -> frozenset[bytes]:
        known, digests = self._sharing
        if known is not taking_part:
            digests = frozenset(map(self._digest, taking_part))
            self._sharing = taking_part, digests
        return digests


def _replaced(connection: Connection, subject: bytes, by: bytes, digests: Sequence[bytes]) -> set[bytes]:
    """Put these in the place of what was noted of the subject; return those that were looked up before."""
    rows = [(bytes(digest), asked) for digest, asked in _run(connection, _HELD, subject)]
    held = {digest for digest, _ in rows}
    if stale := list(held - set(digests)):
        _run(connection, "DELETE FROM person WHERE subject = ? AND digest IN (?)", subject, stale)
    if held:
        _run(connection, "UPDATE person SET organisation = ? WHERE subject = ? AND organisation <> ?", by, subject, by)
    for digest in digests:
        if digest not in held:
            _run(connection, "INSERT INTO person VALUES (?, ?, ?, ?, ?)", digest, by, subject, False, False)
    return {digest for digest, asked in rows if asked and digest in digests}


def _counted(connection: Connection, by: bytes, day: date) -> int:
    row = _run(connection, "SELECT counted FROM look_up WHERE organisation = ? AND day = ?", by, day.isoformat())
    if not row:
        _run(connection, "DELETE FROM look_up WHERE organisation = ? AND day < ?", by, (day - KEPT).isoformat())
    return int(row[0][0]) if row else 0


def _run(connection: Connection, sql: str, *values: Any) -> Sequence[Any]:
    """Execute SQL with a question mark for each value; a list stands for as many as it has."""
    pieces, flat = sql.split("?"), []
    text = pieces[0]
    for value, piece in zip(values, pieces[1:], strict=True):
        many = value if isinstance(value, list) else [value]
        flat += many
        text += ", ".join("?" * len(many)) + piece
    if connection.dialect.name == "postgresql":
        text = text.replace("?", "%s")
    result = connection.exec_driver_sql(text, tuple(flat))
    return result.fetchall() if result.returns_rows else ()


_HELD: Final = "SELECT digest, asked FROM person WHERE subject = ?"
_OTHERS: Final = (
    "SELECT DISTINCT digest, organisation FROM person WHERE digest IN (?) AND subject <> ? AND organisation <> ?"
)
_ASKED: Final = "UPDATE person SET asked = TRUE, met = ? WHERE digest = ? AND subject = ?"
_MET: Final = "UPDATE person SET met = TRUE WHERE digest IN (?) AND organisation IN (?) AND subject <> ? AND asked"
_COUNT: Final = (
    "INSERT INTO look_up VALUES (?, ?, ?, ?, ?) ON CONFLICT (organisation, day) DO UPDATE SET"
    " counted = look_up.counted + excluded.counted, found = look_up.found + excluded.found,"
    " over = look_up.over + excluded.over"
)
_KNOWN_ELSEWHERE: Final = (
    "SELECT DISTINCT p.subject, o.organisation FROM person p JOIN person o ON o.digest = p.digest"
    " WHERE p.subject IN (?) AND p.met AND p.organisation = ? AND o.organisation <> ?"
)
_LOOKED_UP: Final = (
    "SELECT organisation, SUM(counted), SUM(found), SUM(over) FROM look_up WHERE day >= ? GROUP BY organisation"
)
