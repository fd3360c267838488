"""Following the whole record: pages as long as there are any, then every new entry as it is written."""

from eventsourcing.persistence import Notification

from adapters.jetstream.live import Broken, Live
from adapters.jetstream.message import from_consumer, sequence_delivered
from adapters.jetstream.pursuit import Pursuit
from adapters.jetstream.read import Reader
from adapters.jetstream.stream import Stream
from adapters.jetstream.taken import Taken


class Follower(Pursuit[list[Notification]]):
    """Lists of at most `batch` entries, never empty, in order and without gaps."""

    def __init__(self, stream: Stream, reader: Reader, gt: int | None, batch: int) -> None:
        super().__init__(stream)
        self._reader = reader
        self._last = gt or 0
        self._batch = batch

    async def _advance(self) -> list[Notification]:
        if self._live is None:
            came = await self._reader.page(self._last + 1, self._batch)
            if not came:
                link = await self._stream.link()
                self._live = await Live.begin(self._stream, link, self._last + 1, self._stir.set)
        else:
            came = self._in_order(await self._delivered(self._live, self._batch))
        if came:
            self._last = came[-1][0]
        return [entry for _, entry in came if entry]

    def _in_order(self, messages: list[Taken]) -> list[tuple[int, Notification | None]]:
        came: list[tuple[int, Notification | None]] = []
        for expected, message in enumerate(messages, self._last + 1):
            if sequence_delivered(message) != expected:
                raise Broken(f"Entry {sequence_delivered(message)} came, {expected} was next")
            tracking = self._stream.subjects.is_tracking(message.subject)
            came.append((expected, None if tracking else from_consumer(self._stream.subjects, message)))
        if came and (last := came[-1][1]):
            self._stream.guard.saw(last)
        return came
