"""Who sees an entry: the one answer for views, feed, replay and queries."""

from collections.abc import Iterator
from typing import Final, assert_never

from domain.access import cases
from domain.access.table import Readers, row
from domain.agreement import Agreement
from domain.case import Case
from domain.entry import Entry
from domain.facts import dataclass
from domain.record_id import id_of
from domain.visibility import standings


@dataclass(frozen=True, slots=True)
class Audience:
    """The organisations that see an entry; `everyone` is each organisation of the network, also a later one."""

    organisations: frozenset[str] = frozenset()
    everyone: bool = False

    def __contains__(self, reader: object) -> bool:
        return self.everyone or reader in self.organisations


EVERYONE: Final = Audience(everyone=True)
NOBODY: Final = Audience()


def audience(entry: Entry, *, office: str | None = None, state: Case | Agreement | None = None) -> Audience:
    """`state` is the case or the agreement of the entry, as it stands when it is asked; other kinds need none."""
    kind = entry.kind
    if kind is None:
        return NOBODY
    readers = row(kind, type(entry.act))
    match readers:
        case None:
            return Audience(frozenset({entry.organisation}))
        case Readers.EVERYONE:
            some = entry.only_for
            return EVERYONE if some is None else Audience(frozenset((*some, entry.actor, entry.organisation)))
        case Readers.ITS_OWN:
            return _with_author(entry, frozenset({id_of(entry.originator_id), *([office] if office else [])}))
        case Readers.PARTIES:
            return _with_author(entry, state.readers_of(entry) if isinstance(state, Agreement) else frozenset())
        case Readers.CASE:
            return Audience(_of_case(entry, state) if isinstance(state, Case) else frozenset({entry.organisation}))
        case _:
            assert_never(readers)


def _with_author(entry: Entry, readers: frozenset[str]) -> Audience:
    return Audience(frozenset(filter(entry.told_to, readers)) | {entry.organisation})


def _of_case(entry: Entry, case: Case) -> frozenset[str]:
    found = standings(case).items()
    return frozenset(reader for reader, stands in found if cases.sight_as(stands, case, entry, reader))


def opened(before: Agreement, after: Agreement) -> Iterator[tuple[str, Entry]]:
    """What each reader newly sees with the last entry of an agreement: that entry, and to a new party the past."""
    # As long as the parties are the same, an older entry has the readers it had.
    first = after.version if before.admits == after.admits else 1
    entries = [after.history.entries[version] for version in range(first, after.version + 1)]
    new: dict[str, list[Entry]] = {}
    for each in entries:
        had = audience(each, state=before) if each.originator_version < after.version else NOBODY
        for reader in audience(each, state=after).organisations - had.organisations:
            new.setdefault(reader, []).append(each)
    for reader in sorted(new):
        yield from ((reader, each) for each in new[reader])
