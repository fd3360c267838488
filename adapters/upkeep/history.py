"""The record read from beside the service: by its own connection, which may read and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

from nats.aio.client import RawCredentials

from adapters.jetstream.bridge import Bridge
from adapters.jetstream.link import Address
from adapters.jetstream.recorder import JetStreamApplicationRecorder
from adapters.jetstream.stream import Options
from adapters.jetstream.streams import record_definition
from adapters.mapper import UnreadableEntryError, read_entry
from adapters.nats.identity import Installation
from domain.entry import Entry
from services.position import Position


@dataclass(frozen=True, slots=True)
class Access:
    """Where the record is, and the text of credentials that may read it: they are on no disk."""

    url: str
    creds: str = field(repr=False)


class RecordHistory:
    """Entries as they stand on the stream, position by position or record by record."""

    def __init__(self, recorder: JetStreamApplicationRecorder, access: Access) -> None:
        self._recorder = recorder
        self.access = access

    def page(self, after: int, limit: int) -> list[Entry]:
        """Up to the first that cannot be read: it is said by whoever asks for it, after all that stands before it."""
        entries: list[Entry] = []
        for found in self._recorder.select_notifications(start=after, limit=limit, inclusive_of_start=False):
            try:
                entries.append(read_entry(found))
            except UnreadableEntryError:
                if not entries:
                    raise
                break
        return entries

    def entries_up_to(self, originator_id: str, position: int) -> list[Entry]:
        return [read_entry(n) for n in self._recorder.load(originator_id, up_to_position=position)]

    def position(self) -> int:
        return self._recorder.max_notification_id() or 0

    def known_at(self, position: int) -> Position | None:
        """By what another connection can tell whether it reads the same record."""
        self._recorder.select_notifications(start=position, limit=1)
        return self._recorder.last_known

    def expect(self, known: Position) -> None:
        """Raises StoreRegressed where the record is not the one of which that is known."""
        self._recorder.expect(known.number, known.digest)


@contextmanager
def open_history(installation: Installation, url: str) -> Iterator[RecordHistory]:
    """Raises the library's `PersistenceError` where the record cannot be reached or is not as it must be."""
    with history_at(Access(url, installation.reader_creds())) as history:
        yield history


@contextmanager
def history_at(access: Access) -> Iterator[RecordHistory]:
    # The client takes the text of credentials where a path may stand.
    creds = cast("str", RawCredentials(access.creds))
    options = Options(
        address=Address(access.url, creds, "raccordo-reader"),
        definition=record_definition(),
        prefix="record",
        timeout=5.0,
    )
    bridge = Bridge("history")
    try:
        recorder = JetStreamApplicationRecorder(bridge, options, owns_bridge=True)
    except BaseException:
        bridge.close()
        raise
    with recorder:
        yield RecordHistory(recorder, access)
