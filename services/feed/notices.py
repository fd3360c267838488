"""What an entry lets each organisation newly see: the entry itself, a past that it opens, what it masks."""

from dataclasses import dataclass
from typing import Protocol, assert_never

from domain.access.audience import audience
from domain.access.cases import changes
from domain.case import Case
from domain.entry import Entry
from domain.network import Network
from domain.organisation import OrganisationRegistered, OrganisationUpdated
from domain.record_id import Kind, id_of
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
        match entry.kind:
            case Kind.CASE:
                return self._of_case(entry)
            case Kind.AGREEMENT:
                return [_notice(reader, each, entry.position) for reader, each in self._agreements.opened(entry)]
            case Kind.ORGANISATION:
                return self._of_organisation(entry, rulebooks)
            case Kind.RULEBOOK:
                return self._of_the_network(entry)
            case None:
                return []
            case kind:
                assert_never(kind)

    def _of_case(self, entry: Entry) -> list[Notice]:
        before = self._cases.before(entry) if entry.originator_version > 1 else Case(entry.originator_id)
        after = self._cases.keep(before.after(entry))
        entry = after.history.entries[entry.originator_version]
        return [
            Notice(change.reader, Seen(change.entry, how.categories, how.masked), entry.position)
            for change in changes(before, after, entry)
            if (how := change.sight)  # what ended is not told: the organisation learns nothing of what goes on
        ]

    def _of_organisation(self, entry: Entry, rulebooks: tuple[str, ...]) -> list[Notice]:
        """To one that appears now, all that everyone was told before, and then the entry like all others."""
        id_ = id_of(entry.originator_id)
        past = self._past(id_, rulebooks, entry.position) if self._appears(id_, entry) else []
        return [*(_notice(id_, each, entry.position) for each in past), *self._of_the_network(entry)]

    def _of_the_network(self, entry: Entry) -> list[Notice]:
        """What everyone may see goes to those that have a system by then, and to the one that it is about."""
        readers = audience(entry, office=self._record.network.office)
        told = set(readers.organisations)
        if readers.everyone:
            told |= {*self._connected(entry.position), *_about(entry)}
        return [_notice(id_, entry, entry.position) for id_ in sorted(told)]

    def _past(self, id_: str, rulebooks: tuple[str, ...], position: int) -> list[Entry]:
        """What everyone may see, of rules and of the other organisations; of itself it was told at once."""
        organisations = self._record.network.organisations.items()
        others = (o.history.entries.values() for other, o in organisations if other != id_)
        told = (e for entries in others for e in entries if e.position < position)
        past = [*self._rules(rulebooks, position), *(e for e in told if audience(e).everyone)]
        return sorted(past, key=lambda e: e.position)

    def _rules(self, rulebooks: tuple[str, ...], position: int) -> list[Entry]:
        return [e for id_ in rulebooks for e in self._record.entries(id_) if e.position < position]

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


def _about(entry: Entry) -> tuple[str, ...]:
    return (id_of(entry.originator_id),) if entry.kind is Kind.ORGANISATION else ()


def _notice(organisation: str, entry: Entry, because: int) -> Notice:
    return Notice(organisation, Seen(entry, entry.categories), because)
