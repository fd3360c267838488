"""What an entry lets each organisation newly see: the entry itself, a past that it opens, what it masks."""

from dataclasses import dataclass
from typing import Protocol

from domain.case import Case
from domain.entry import Entry
from domain.network import Network
from domain.organisation import OrganisationRegistered, OrganisationUpdated
from domain.visibility import changes
from services.agreements import Agreements
from services.cases import Cases
from services.seen import Seen


@dataclass(frozen=True, slots=True)
class Notice:
    """One message of an organisation's feed; `because` is the position of the entry that opened or changed it."""

    organisation: str
    seen: Seen
    because: int
    previous: str | None = None

    @property
    def id(self) -> str:
        return f"{self.seen.entry.position}/{self.because}"


class KnownRecord(Protocol):
    @property
    def network(self) -> Network: ...
    def entries(self, originator_id: str, after: int = 0) -> list[Entry]: ...


class Notices:
    """For readers that walk the record in order, whom `record.network` has gone before.

    The same entry gives the same notices in the same order at any time. Whoever sees an entry has a notice of it,
    with a system of its own or without: one that gets a system later finds what the feed still keeps.
    """

    def __init__(self, record: KnownRecord, *, most: int = 100_000) -> None:
        self._record = record
        self._cases = Cases(record.entries, most=most)
        self._agreements = Agreements(record.entries)

    def of(self, entry: Entry, rulebooks: tuple[str, ...]) -> list[Notice]:
        """`rulebooks` are the records of rules that began before the entry."""
        kind, id_ = entry.originator_id.split("/", 1)
        match kind:
            case "case":
                return self._of_case(entry)
            case "agreement":
                return [_notice(reader, each, entry.position) for reader, each in self._agreements.opened(entry)]
            case "organisation":
                past = self._rules(rulebooks, entry.position) if self._appears(id_, entry) else []
                return [_notice(id_, each, entry.position) for each in (*past, entry)]
            case _:
                return [_notice(id_, entry, entry.position) for id_ in self._connected(entry.position)]

    def _of_case(self, entry: Entry) -> list[Notice]:
        before = self._cases.before(entry) if entry.originator_version > 1 else Case(entry.originator_id)
        after = self._cases.keep(before.after(entry))
        entry = after.history.entries[entry.originator_version]
        return [
            Notice(change.reader, Seen(change.entry, how.categories, how.masked), entry.position)
            for change in changes(before, after, entry)
            if (how := change.sight)  # what ended is not told: the organisation learns nothing of what goes on
        ]

    def _rules(self, rulebooks: tuple[str, ...], position: int) -> list[Entry]:
        found = [e for id_ in rulebooks for e in self._record.entries(id_) if e.position < position]
        return sorted(found, key=lambda e: e.position)

    def _appears(self, id_: str, entry: Entry) -> bool:
        return connected_since(self._record.network, id_) == entry.position

    def _connected(self, position: int) -> list[str]:
        network = self._record.network
        since = ((id_, connected_since(network, id_)) for id_ in sorted(network.organisations))
        return [id_ for id_, begun in since if begun is not None and begun < position]


def connected_since(network: Network, id_: str) -> int | None:
    """The entry with which the organisation first had a system of its own."""
    history = network.organisation(id_).history.entries
    for version in range(1, len(history) + 1):
        match history[version].act:
            case OrganisationRegistered(connected=True) | OrganisationUpdated(connected=True):
                return history[version].position
            case _:
                pass
    return None


def chained(notice: Notice, previous: str | None) -> Notice:
    return Notice(notice.organisation, notice.seen, notice.because, previous)


def _notice(organisation: str, entry: Entry, because: int) -> Notice:
    return Notice(organisation, Seen(entry, entry.categories), because)
