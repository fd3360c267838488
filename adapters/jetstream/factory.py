"""The library's factory: recorders as the environment describes them.

NATS_URL, NATS_CREDS (path of a credentials file), NATS_STREAM (RECORD), NATS_SUBJECT_PREFIX (the stream's name in
lower case), NATS_TIMEOUT (seconds), NATS_MONITOR_URL, NATS_CREATE_STREAMS (y: create what is missing; for tests).
Choose it with PERSISTENCE_MODULE=adapters.jetstream.factory. As everywhere in the library a variable may carry the
application's name in front (`COUNTERS_NATS_STREAM`).
"""

from typing import TypeVar

from eventsourcing.persistence import InfrastructureFactory
from eventsourcing.utils import Environment, EnvType, resolve_topic, strtobool

from adapters.jetstream.aggregate_recorder import JetStreamAggregateRecorder
from adapters.jetstream.bridge import Bridge
from adapters.jetstream.link import Address
from adapters.jetstream.recorder import JetStreamApplicationRecorder
from adapters.jetstream.stream import Options
from adapters.jetstream.streams import Definition, process_definition, record_definition
from adapters.jetstream.tracking import JetStreamProcessRecorder, JetStreamTrackingRecorder

R = TypeVar("R", bound=JetStreamAggregateRecorder)


class Factory(InfrastructureFactory[JetStreamTrackingRecorder]):
    """One loop thread for all its recorders, a connection for each; `close` ends them."""

    def __init__(self, env: Environment | EnvType | None) -> None:
        super().__init__(env)
        self._bridge: Bridge | None = None
        self._recorders: list[JetStreamAggregateRecorder] = []

    def aggregate_recorder(self, purpose: str = "events") -> JetStreamAggregateRecorder:
        """Snapshots, if any, are kept on a stream of their own: the record holds entries only."""
        name, prefix = self._names()
        if purpose != "events":
            name, prefix = f"{name}_{purpose.upper()}", f"{prefix}_{purpose}"
        return self._make(JetStreamAggregateRecorder, record_definition(name, prefix), prefix)

    def application_recorder(self) -> JetStreamApplicationRecorder:
        name, prefix = self._names()
        return self._make(JetStreamApplicationRecorder, record_definition(name, prefix), prefix)

    def tracking_recorder(
        self, tracking_recorder_class: type[JetStreamTrackingRecorder] | None = None
    ) -> JetStreamTrackingRecorder:
        topic = self.env.get(self.TRACKING_RECORDER_TOPIC)
        named: type[JetStreamTrackingRecorder] = resolve_topic(topic) if topic else JetStreamTrackingRecorder
        name, prefix = self._names()
        return self._make(tracking_recorder_class or named, process_definition(name, prefix), prefix)

    def process_recorder(self) -> JetStreamProcessRecorder:
        name, prefix = self._names()
        return self._make(JetStreamProcessRecorder, process_definition(name, prefix), prefix)

    def close(self) -> None:
        for recorder in self._recorders:
            recorder.close()
        self._recorders.clear()
        if self._bridge:
            self._bridge.close()
            self._bridge = None

    def _names(self) -> tuple[str, str]:
        name = self.env.get("NATS_STREAM", "RECORD") or "RECORD"
        return name, self.env.get("NATS_SUBJECT_PREFIX", "") or name.lower()

    def _make(self, kind: type[R], definition: Definition, prefix: str) -> R:
        url, watcher = self.env.get("NATS_URL", "") or "nats://127.0.0.1:4222", self.env.get("NATS_WATCHER_CREDS")
        options = Options(
            address=Address(url, self.env.get("NATS_CREDS") or None),
            definition=definition,
            prefix=prefix,
            timeout=float(self.env.get("NATS_TIMEOUT", "") or 5.0),
            watcher=Address(url, watcher, "raccordo-watcher") if watcher else None,
            create=strtobool(self.env.get("NATS_CREATE_STREAMS", "no") or "no"),
        )
        self._bridge = self._bridge or Bridge()
        recorder = kind(self._bridge, options)
        self._recorders.append(recorder)
        return recorder
