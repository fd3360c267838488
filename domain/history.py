"""What was entered in one record so far, and how an act is known again when it arrives twice."""

from collections.abc import Iterable
from uuid import UUID

from immutables import Map

from domain.entry import Entry
from domain.facts import dataclass
from domain.refusal import Refused
from domain.skeleton import divide


@dataclass(frozen=True, slots=True)
class History:
    version: int = 0
    entries: Map[int, Entry] = Map()
    entered: Map[tuple[str, UUID], int] = Map()
    authors: Map[str, int] = Map()
    """Who wrote in it by its own account, and the version of the last that it wrote."""

    def after(self, entry: Entry) -> "History":
        version = entry.originator_version
        authors = self.authors.set(entry.organisation, version)
        return History(version, self.entries.set(version, entry), self.entered.set(entry.key, version), authors)

    def after_all(self, entries: Iterable[Entry]) -> "History":
        """The same as one `after` for each, with one copy of what is held."""
        held, entered, authors = self.entries.mutate(), self.entered.mutate(), self.authors.mutate()
        version = self.version
        for entry in entries:
            version = entry.originator_version
            held[version] = entry
            entered[entry.key] = version
            authors[entry.organisation] = version
        return History(version, held.finish(), entered.finish(), authors.finish())

    def known(self, entry: Entry) -> Entry | None:
        """The entry that this act became when it arrived before; the same id for another act is refused."""
        if (version := self.entered.get(entry.key)) is None:
            return None
        known = self.entries[version]
        if _skeleton(known) != _skeleton(entry):
            raise Refused("act.id-used", act_id=entry.act_id)
        return known


def _skeleton(entry: Entry) -> tuple[object, ...]:
    # The marked fields cannot be compared: they are sealed. Two acts that differ only there count as one.
    return (
        entry.act.type,
        {name: value for name, value in divide(entry.act)[0].items() if name != "awaits"},  # the door writes it
        entry.occurred,
        entry.practitioner,
        entry.on_behalf_of,
        entry.evidence,
        entry.only_for,
    )
