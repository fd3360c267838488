"""Fresh streams for tests: a name and subjects of their own, and recorders that are closed at the end."""

from contextlib import ExitStack
from itertools import count
from types import TracebackType
from typing import Any, Self, TypeVar

from adapters.jetstream.bridge import Bridge
from adapters.jetstream.link import Address, Link
from adapters.jetstream.recorder import JetStreamAggregateRecorder, JetStreamApplicationRecorder
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
