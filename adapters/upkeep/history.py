"""The record read from beside the service: by its own connection, which may read and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from nats.aio.client import RawCredentials

from adapters.jetstream.bridge import Bridge
from adapters.jetstream.link import Address
from adapters.jetstream.recorder import JetStreamApplicationRecorder
from adapters.jetstream.stream import Options
from adapters.jetstream.streams import record_definition
from adapters.mapper import read_entry
from adapters.nats.headers import read_headers_faster
from adapters.nats.identity import Installation
from domain.entry import Entry


class RecordHistory:
    """Entries as they stand on the stream, position by position or record by record."""

    def __init__(self, recorder: JetStreamApplicationRecorder) -> None:
        self._recorder = recorder

    def page(self, after: int, limit: int) -> list[Entry]:
        found = self._recorder.select_notifications(start=after, limit=limit, inclusive_of_start=False)
        return [read_entry(n) for n in found]

    def entries_up_to(self, originator_id: str, position: int) -> list[Entry]:
        return [read_entry(n) for n in self._recorder.load(originator_id, up_to_position=position)]

    def position(self) -> int:
        return self._recorder.max_notification_id() or 0


@contextmanager
def open_history(installation: Installation, url: str) -> Iterator[RecordHistory]:
    """Raises the library's `PersistenceError` where the record cannot be reached or is not as it must be."""
    read_headers_faster()
    # The client takes the text of credentials where a path may stand, so they are on no disk.
    creds = cast("str", RawCredentials(installation.reader_creds()))
    options = Options(
        address=Address(url, creds, "raccordo-reader"), definition=record_definition(), prefix="record", timeout=5.0
    )
    bridge = Bridge("history")
    try:
        recorder = JetStreamApplicationRecorder(bridge, options, owns_bridge=True)
    except BaseException:
        bridge.close()
        raise
    with recorder:
        yield RecordHistory(recorder)
