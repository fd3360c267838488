"""The library's own conformance suites, unmodified, on a real server."""

from collections.abc import Iterator
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

import pytest
from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    InfrastructureFactory,
    ProcessRecorder,
    StoredEvent,
    Tracking,
    TrackingRecorder,
)
from eventsourcing.tests import application as application_suites
from eventsourcing.tests import persistence as suites
from eventsourcing.tests import projection as projection_suites
from eventsourcing.tests.projection import EventCountersView
from eventsourcing.utils import Environment

from adapters.jetstream.aggregate_recorder import JetStreamAggregateRecorder
from adapters.jetstream.factory import Factory
from adapters.jetstream.recorder import JetStreamApplicationRecorder
from adapters.jetstream.streams import process_definition
from adapters.jetstream.tracking import JetStreamProcessRecorder, JetStreamTrackingRecorder
from tests.record_streams import FreshStream

on_a_fresh_stream = pytest.mark.usefixtures("fresh_of_case")


@on_a_fresh_stream
class TestAggregateRecorder(suites.AggregateRecorderTestCase):
    fresh: FreshStream

    def create_recorder(self) -> AggregateRecorder:
        return self.fresh.aggregate()


@on_a_fresh_stream
class TestApplicationRecorder(suites.ApplicationRecorderTestCase[JetStreamApplicationRecorder]):
    fresh: FreshStream

    def create_recorder(self) -> JetStreamApplicationRecorder:
        return self.fresh.application()

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class NamedOriginators:
    """As in the product: originators are `<kind>/<id>` strings."""

    def new_originator_id(self) -> UUID | str:
        return f"case/{uuid4()}"


@on_a_fresh_stream
class TestApplicationRecorderOnNames(NamedOriginators, TestApplicationRecorder):
    pass


@on_a_fresh_stream
class TestNonInterleaving(suites.NonInterleavingNotificationIDsBaseCase):
    fresh: FreshStream

    def create_recorder(self) -> ApplicationRecorder:
        return self.fresh.application()


@on_a_fresh_stream
class TestTrackingRecorder(suites.TrackingRecorderTestCase):
    fresh: FreshStream

    def create_recorder(self) -> TrackingRecorder:
        return self.fresh.tracking()


@on_a_fresh_stream
class TestProcessRecorder(suites.ProcessRecorderTestCase):
    fresh: FreshStream

    def create_recorder(self) -> ProcessRecorder:
        return self.fresh.process()


class SomeTrackingRecorder(JetStreamTrackingRecorder):
    pass


@on_a_fresh_stream
class TestFactory(suites.InfrastructureFactoryTestCase[Factory]):
    fresh: FreshStream

    def setUp(self) -> None:
        self.env = Environment("TestCase", self.fresh.env)
        super().setUp()

    def expected_factory_class(self) -> type[Factory]:
        return Factory

    def expected_aggregate_recorder_class(self) -> type[AggregateRecorder]:
        return JetStreamAggregateRecorder

    def expected_application_recorder_class(self) -> type[ApplicationRecorder]:
        return JetStreamApplicationRecorder

    def expected_tracking_recorder_class(self) -> type[TrackingRecorder]:
        return JetStreamTrackingRecorder

    def tracking_recorder_subclass(self) -> type[TrackingRecorder]:
        return SomeTrackingRecorder

    def expected_process_recorder_class(self) -> type[ProcessRecorder]:
        return JetStreamProcessRecorder


@pytest.fixture
def persistence(fresh: FreshStream) -> Iterator[None]:
    """The environment of the process, for suites that make their applications themselves."""
    factories: list[InfrastructureFactory[Any]] = []
    with pytest.MonkeyPatch.context() as patch:
        for name, value in fresh.env.items():
            patch.setenv(name, value)
        made = Factory.__init__

        def noted(self: Factory, env: Any) -> None:
            factories.append(self)
            made(self, env)

        patch.setattr(Factory, "__init__", noted)  # the suites leave their applications open
        yield
    for factory in factories:
        factory.close()


@pytest.mark.usefixtures("persistence")
class TestExampleApplication(application_suites.ExampleApplicationTestCase):
    expected_factory_topic = "adapters.jetstream.factory:Factory"


# one of its tests asks for this very warning, and can only record it if it is not an error
@pytest.mark.filterwarnings("always:'log' is deprecated:DeprecationWarning")
@pytest.mark.usefixtures("persistence")
class TestApplication(application_suites.ApplicationTestCase):
    pass


class EventCounters(JetStreamProcessRecorder, EventCountersView):
    """Counts by recording one entry for each count, with the tracking that goes with it."""

    CREATED = uuid5(NAMESPACE_URL, "created")
    SUBSEQUENT = uuid5(NAMESPACE_URL, "subsequent")

    def get_created_event_counter(self) -> int:
        return len(self.select_events(self.CREATED))

    def get_subsequent_event_counter(self) -> int:
        return len(self.select_events(self.SUBSEQUENT))

    def incr_created_event_counter(self, tracking: Tracking) -> None:
        self._count(self.CREATED, tracking)

    def incr_subsequent_event_counter(self, tracking: Tracking) -> None:
        self._count(self.SUBSEQUENT, tracking)

    def _count(self, what: UUID, tracking: Tracking) -> None:
        counted = StoredEvent(what, len(self.select_events(what)) + 1, "counted", b"")
        self.insert_events([counted], tracking=tracking)


@on_a_fresh_stream
class TestEventCounters(projection_suites.EventCountersViewTestCase):
    fresh: FreshStream

    def construct_event_counters_view(self) -> EventCountersView:
        return self.fresh.opened(EventCounters, process_definition(self.fresh.name, self.fresh.prefix))


def process_env(name: str, stream: str) -> dict[str, str]:
    return {f"{name}_NATS_STREAM": stream, f"{name}_NATS_SUBJECT_PREFIX": stream.lower()}


@on_a_fresh_stream
class TestProjection(projection_suites.AggregateEventCountersProjectionTestCase):
    fresh: FreshStream
    view_class = EventCounters

    def setUp(self) -> None:
        self.env = {**self.fresh.env, **process_env("EVENTCOUNTERS", f"{self.fresh.name}P")}  # type: ignore[misc]


@on_a_fresh_stream
class TestEventSourcedProjection(projection_suites.EventSourcedProjectionTestCase):
    fresh: FreshStream

    def setUp(self) -> None:
        self.env = {**self.fresh.env, **process_env("COUNTERS", f"{self.fresh.name}P")}  # type: ignore[misc]
