"""What others told for an organisation that could not speak: once it can, it finds it in its list to attest.

One row for each entry that still waits for its word, written and taken away one by one, however long its case is.
"""

from collections.abc import Iterator
from typing import NamedTuple

from domain.case import Case
from domain.case.about import AboutAct, ActAttested, ActContested, ActRetracted
from domain.entry import Entry
from services.timetext import instant, told


class ToldForRow(NamedTuple):
    """`at` is when it happened, `recorded` when it was told."""

    organisation: str
    record: str
    position: int
    version: int
    type: str
    told_by: str
    at: str
    recorded: str


Key = tuple[str, str, int]
"""Organisation, record and position."""


def told_for(entry: Entry, case: Case) -> Iterator[tuple[Key, ToldForRow | None]]:
    """What an entry changes; `case` has it in."""
    act = entry.act
    if not isinstance(act, AboutAct):
        yield from _told(entry)
        return
    target = case.history.entries.get(act.entry)
    if target is None or entry.ruled == "none":
        return
    match act:
        case ActAttested() | ActContested() if entry.organisation == target.on_behalf_of:
            yield _key(target), None
        case ActRetracted() if isinstance(target.act, ActAttested | ActContested):
            yield from _said_no_more(target, case)
        case ActRetracted() if target.on_behalf_of:
            yield _key(target), None
        case _:
            pass


def _told(entry: Entry) -> Iterator[tuple[Key, ToldForRow | None]]:
    if entry.on_behalf_of in (None, entry.organisation) or entry.ruled == "none":
        return
    yield (
        _key(entry),
        ToldForRow(
            *_key(entry),
            version=entry.originator_version,
            type=entry.act.type,
            told_by=entry.organisation,
            at=told(entry.occurred),
            recorded=instant(entry.recorded_at),
        ),
    )


def _said_no_more(word: Entry, case: Case) -> Iterator[tuple[Key, ToldForRow | None]]:
    """The word about an entry was taken back, so that the entry waits again."""
    about = case.history.entries.get(word.act.entry) if isinstance(word.act, AboutAct) else None
    if about and about.on_behalf_of == word.organisation and not case.retracted(about):
        yield from _told(about)


def _key(entry: Entry) -> Key:
    return entry.on_behalf_of or "", entry.originator_id, entry.position
