"""What was kept aside unread is handed to the desk again, as from the organisation that had sent it."""

from collections.abc import AsyncIterator, Callable

from nats.aio.client import Client

from adapters.answering import told
from adapters.batcher import Batcher
from adapters.bus.console import CannotError, Step, Work
from adapters.upkeep.kept_aside import Letter, NotKeptError, letter, letters, take_out
from domain.network import Network
from domain.refusal import Meaning, Unrecognised
from services.answers import Answer, Refusal, TryLater
from services.desk import Arrival
from services.record import Record


def retrying(client: Client, record: Record, batcher: Batcher, taken_out: Callable[[], None]) -> Work:
    """Asked with `{"numbers": […]}`, or with none for all; a step is a letter without its body, and its answer.

    The body and whose it is are taken from what was kept, never from who asks.
    """

    async def retry(asked: Step) -> AsyncIterator[Step]:
        async for kept in _wanted(client, asked.get("numbers")):
            answer = await _answer(kept, record.network, batcher)
            removed = _was_read(answer)
            if removed:
                await take_out(client, kept.number)
                taken_out()
            yield {**kept.told(), "answer": told(answer), "removed": removed}

    return retry


async def _wanted(client: Client, numbers: list[int] | None) -> AsyncIterator[Letter]:
    if numbers is None:
        async for kept in letters(client):
            yield kept
        return
    for number in numbers:
        try:
            yield await letter(client, number)
        except NotKeptError as error:
            raise CannotError(str(error)) from error


async def _answer(kept: Letter, network: Network, batcher: Batcher) -> Answer:
    """The desk trusts whom it is told that an act is from: here too it must be one of the network that may speak."""
    if kept.organisation is None or kept.organisation not in network.organisations:
        return Refusal(Unrecognised("door.not-recognised"))
    try:
        network.check_speaks(kept.organisation)
    except Unrecognised as refused:
        return Refusal(refused)
    return await batcher.answer(Arrival(kept.organisation, kept.body, kept.kind, kept.id, kept.type, kept=True))


def _was_read(answer: Answer) -> bool:
    """Recorded, known already, or refused by a rule: then it was understood, and nothing is left to look at."""
    match answer:
        case TryLater():
            return False
        case Refusal(refused=refused):
            return refused.means not in (Meaning.UNREADABLE, Meaning.UNRECOGNISED)
        case _:
            return True
