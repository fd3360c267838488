"""The entries of the record as they come."""

from collections.abc import Callable, Iterator
from typing import Any

from eventsourcing.persistence import Notification

from domain.entry import Entry


class Following:
    """Entries in lists; what this version cannot read raises after all before it were given."""

    def __init__(self, follow: Any, read: Callable[[Notification], Entry]) -> None:
        self._follow = follow
        self._read = read

    def notifications(self) -> Iterator[list[Notification]]:
        return iter(self._follow)

    def __iter__(self) -> Iterator[list[Entry]]:
        for notifications in self._follow:
            entries: list[Entry] = []
            for notification in notifications:
                try:
                    entries.append(self._read(notification))
                except Exception:
                    if entries:
                        yield entries
                    raise
            yield entries

    def stop(self) -> None:
        self._follow.stop()
