"""nats-py's client, closing for certain, with answers taken at once."""

from nats.aio.client import Client
from nats.aio.subscription import Subscription

from adapters.jetstream.taken import Take, TakingParser


class OnceConnected(Client):
    """Left to itself it writes its buffer out before it closes; if the socket breaks then (a killed server), or whoever
    closes is interrupted, it stops half-way: nobody is told, and its tasks and socket stay. So the socket is given up
    first. What is buffered is unwanted here: who sent it finds out what became of it.
    """

    def __init__(self) -> None:
        super().__init__()
        parser = TakingParser(self)
        self._ps = parser
        self.takers = parser.takers

    async def taking(self, inbox: str, take: Take) -> Subscription:
        """Subscribe for one who takes each message where it is read; a queue and a task cost several times that."""
        subscription = await self.subscribe(inbox)
        self.takers[subscription._id] = take  # noqa: SLF001 (the number in each message of it)
        return subscription

    def _remove_sub(self, sid: int, max_msgs: int = 0) -> None:
        super()._remove_sub(sid, max_msgs)
        self.takers.pop(sid, None)

    async def _close(self, status: int, do_cbs: bool = True) -> None:
        self._pending.clear()
        self._pending_data_size = 0
        if writer := getattr(self._transport, "_io_writer", None):
            writer.transport.abort()
        await super()._close(status, do_cbs)
