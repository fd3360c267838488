"""Writes who sees an entry of the network into the audience that queries read."""

from functools import cache

from domain.access.audience import Audience
from domain.entry import Entry
from services.views.rows import EVERYONE, Changes, Shown


def see(batch: Changes, entry: Entry, audience: Audience) -> None:
    how = shown(entry, entry)
    for reader in (EVERYONE,) if audience.everyone else audience.organisations:
        batch.audience[reader, entry.originator_id, entry.position] = how


def shown(entry: Entry, because: Entry) -> Shown:
    """In clear, as the entry `because` has made it appear."""
    return Shown(joined(entry.categories), 0, because.position)


@cache
def joined(categories: frozenset[str]) -> str:
    return " ".join(sorted(categories))
