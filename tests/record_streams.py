"""Fresh streams for tests: a name and subjects of their own, and recorders that are closed at the end."""

import base64
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from adapters.jetstream.aggregate_recorder import JetStreamAggregateRecorder
from adapters.jetstream.bridge import Bridge
from adapters.jetstream.link import Address, Link
from adapters.jetstream.message import leader_headers
from adapters.jetstream.recorder import JetStreamApplicationRecorder
from adapters.jetstream.reply import answer_of
from adapters.jetstream.stream import Options
from adapters.jetstream.streams import Definition, process_definition, record_definition
from adapters.jetstream.tracking import JetStreamProcessRecorder, JetStreamTrackingRecorder

R = TypeVar("R", bound=JetStreamAggregateRecorder)

numbers = count(1)


class FreshStream:
    """A new RECORD-like stream and whatever recorders a test asks for on it."""

    def __init__(self, url: str, *, timeout: float = 5.0) -> None:
        number = next(numbers)
        self.url = url
        self.name = f"TEST{number}"
        self.prefix = f"test{number}"
        self.timeout = timeout
        self.bridge = Bridge("test")
        self._closing = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.close()
        self.bridge.close()

    @property
    def env(self) -> dict[str, str]:
        return {
            "PERSISTENCE_MODULE": "adapters.jetstream.factory",
            "NATS_URL": self.url,
            "NATS_STREAM": self.name,
            "NATS_SUBJECT_PREFIX": self.prefix,
            "NATS_CREATE_STREAMS": "y",
        }

    def application(self, **changes: Any) -> JetStreamApplicationRecorder:
        return self.opened(JetStreamApplicationRecorder, record_definition(self.name, self.prefix), **changes)

    def aggregate(self) -> JetStreamAggregateRecorder:
        return self.opened(JetStreamAggregateRecorder, record_definition(self.name, self.prefix))

    def process(self) -> JetStreamProcessRecorder:
        return self.opened(JetStreamProcessRecorder, process_definition(self.name, self.prefix))

    def tracking(self) -> JetStreamTrackingRecorder:
        return self.opened(JetStreamTrackingRecorder, process_definition(self.name, self.prefix))

    def opened(self, kind: type[R], definition: Definition, **changes: Any) -> R:
        settings: dict[str, Any] = {"timeout": self.timeout, "create": True, **changes}
        options = Options(address=Address(self.url), definition=definition, prefix=self.prefix, **settings)
        recorder = kind(self.bridge, options)
        self._closing.callback(recorder.close)
        return recorder

    def api(self, call: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """A call of the JetStream API as an administrator."""

        async def ask() -> dict[str, Any]:
            link = await Link.open(Address(self.url), 5.0)
            try:
                return await link.api(call, body, within=5.0)
            finally:
                await link.close()

        return self.bridge.call(ask(), 10.0)

    def publish(self, subject: str, payload: bytes) -> dict[str, Any]:
        """As a writer that knows none of our headers."""

        async def ask() -> dict[str, Any]:
            link = await Link.open(Address(self.url), 5.0)
            try:
                return answer_of((await link.ask(subject, payload, within=5.0)).data)
            finally:
                await link.close()

        return self.bridge.call(ask(), 10.0)

    def message(self, sequence: int) -> "StoredMessage":
        stored = self.api(f"STREAM.MSG.GET.{self.name}", {"seq": sequence})["message"]
        return StoredMessage(base64.b64decode(stored["data"]), leader_headers(stored))


@dataclass(frozen=True)
class StoredMessage:
    """A message as the stream keeps it."""

    state: bytes
    headers: dict[str, str]


def entries(originator_id: UUID | str, first: int, last: int) -> list[StoredEvent]:
    """Versions `first` to `last` of one originator."""
    return [
        StoredEvent(originator_id, version, "something-happened", f"{originator_id} {version}".encode())
        for version in range(first, last + 1)
    ]
