"""The entries of the record as they come."""

from collections.abc import Callable, Iterator
from typing import Any

from eventsourcing.persistence import Notification

from domain.entry import Entry


class NoRoomError(Exception):
    """The disk is full: whoever follows the record and writes what it says elsewhere waits until it is not."""


class Following:
    """Entries in lists; what this version cannot read raises after all before it were given.

    Raises `NoRoomError` while there is no `room` to write elsewhere what they say. `states` is given what each entry
    is on the record, by its position: whoever keeps entries as they are stored need not write them again.
    """

    def __init__(
        self,
        follow: Any,
        read: Callable[[Notification], Entry],
        room: Callable[[], bool] = lambda: True,
        states: dict[int, bytes] | None = None,
    ) -> None:
        self._states = states
        self._follow = follow
        self._read = read
        self._room = room

    def notifications(self) -> Iterator[list[Notification]]:
        for notifications in self._follow:
            if not self._room():
                raise NoRoomError
            yield notifications

    def __iter__(self) -> Iterator[list[Entry]]:
        for notifications in self.notifications():
            entries: list[Entry] = []
            for notification in notifications:
                try:
                    entries.append(self._read(notification))
                    if self._states is not None:
                        self._states[notification.id] = notification.state
                except Exception:
                    if entries:
                        yield entries
                    raise
            yield entries

    def stop(self) -> None:
        self._follow.stop()
