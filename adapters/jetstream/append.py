"""Entries are stored all or none, and what became of them is found out even if the answer was lost."""

import asyncio
from collections.abc import Mapping, Sequence

from eventsourcing.persistence import InternalError, Notification, OperationalError, StoredEvent
from nats.nuid import NUID

from adapters.jetstream.batch import Batch, Conflict, Guards
from adapters.jetstream.direct_get import existing
from adapters.jetstream.link import Link
from adapters.jetstream.message import COMMIT, leader_headers
from adapters.jetstream.reply import ApiError, Lost, NoAnswer, answer_of
from adapters.jetstream.stream import Stream

OPEN_BATCHES = 40  # of the 50 that the stream allows to all its writers together
# From so many on a batch is faster than as many single messages: the server makes a store of its own for each batch.
WORTH_A_BATCH = 8
CONFLICTS = frozenset({10071, 10164, 10077})
# too many open batches; too many requests; a batch whose beginning got lost while JetStream was starting
BUSY = frozenset({10210, 10167, 10176, 10008})
PAUSE = 0.02


class OutcomeUnknown(OperationalError):
    """The server went away and did not come back in time: the entries may be stored, or not."""


class AnotherAnswer(InternalError):
    """The server acknowledged something else than what was sent."""


class Writer:
    """Appends to one stream."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._open = asyncio.Semaphore(OPEN_BATCHES)
        self._nuid = NUID()

    async def append(
        self,
        entries: Sequence[StoredEvent],
        extra: Mapping[str, tuple[int, bytes]] | None = None,
        guards: Guards | None = None,
    ) -> list[int]:
        """Store the entries, and `extra` messages (subject → its expected last sequence, payload) with them."""
        batch = Batch(self._stream, entries, extra or {}, self._new_id(), guards or {})
        async with self._open:
            positions = await self._until_known(batch, self._stream.deadline())
        self._note(entries, positions)
        return positions[: len(entries)]

    async def append_apart(self, entries: Sequence[StoredEvent], guards: Guards | None = None) -> list[int]:
        """Store entries of different originators, each whatever becomes of the others.

        Raises `Conflict` with what was stored if some were not.
        """
        if len(entries) == 1 or len(entries) >= WORTH_A_BATCH:
            return await self.append(entries, guards=guards)
        batches = [Batch(self._stream, [entry], {}, self._new_id(), guards or {}) for entry in entries]
        deadline = self._stream.deadline()
        outcomes = await self._all_at_once(batches, deadline)
        # What was refused or not answered is sent again, and so it is found out what became of it.
        open_ = [n for n, outcome in enumerate(outcomes) if outcome is None]
        found = (self._until_known(batches[n], deadline, sent=True) for n in open_)
        for n, outcome in zip(open_, await asyncio.gather(*found, return_exceptions=True), strict=True):
            if isinstance(outcome, BaseException) and not isinstance(outcome, Conflict):
                raise outcome
            outcomes[n] = outcome
        conflicts = [outcome for outcome in outcomes if isinstance(outcome, Conflict)]
        stored = {n: outcome[0] for n, outcome in enumerate(outcomes) if isinstance(outcome, list)}
        self._note([entries[n] for n in stored], list(stored.values()))
        if conflicts:
            at = {(entries[n].originator_id, entries[n].originator_version): position for n, position in stored.items()}
            raise Conflict(frozenset().union(*(conflict.originator_ids for conflict in conflicts)), at)
        return list(stored.values())

    async def _all_at_once(self, batches: Sequence[Batch], deadline: float) -> list[list[int] | Conflict | None]:
        """Batches of one entry each; None is for those of which it is not known that they are stored."""
        link = await self._stream.link(deadline)
        messages = [message for batch in batches for message in batch.messages("")]
        try:
            answers = await link.ask_each(messages, within=self._patience(deadline))
        except Lost:
            return [None] * len(batches)
        if None in answers and link.alive:
            await self._stream.drop(link)
        return [self._stored(batch, answer) for batch, answer in zip(batches, answers, strict=True)]

    def _stored(self, batch: Batch, answered: bytes | None) -> list[int] | None:
        try:
            return self._acknowledged(batch, answered) if answered else None
        except ApiError:
            return None

    def _note(self, entries: Sequence[StoredEvent], positions: Sequence[int]) -> None:
        stored = [_notification(entry, at) for entry, at in zip(entries, positions, strict=False)]
        if stored:
            self._stream.guard.saw(max(stored, key=lambda entry: entry.id))  # one that was sent again stands last
            self._stream.heads.note(stored)

    async def _until_known(self, batch: Batch, deadline: float, *, sent: bool = False) -> list[int]:
        """`sent`: an attempt without an answer may have been stored."""
        while True:
            try:
                link = await self._stream.link(deadline)
            except OperationalError as error:
                if sent:
                    raise OutcomeUnknown("The record went away while it was being written") from error
                raise
            try:
                return await self._attempt(link, batch, deadline)
            except ApiError as error:
                if error.code in BUSY:
                    await self._pause(deadline, error)
                elif error.code in CONFLICTS:
                    try:
                        return await self._resolve(link, batch, deadline, sent=sent)
                    except (
                        Lost,
                        NoAnswer,
                    ) as lost:  # gone while it was being asked: sent again, it will conflict again
                        await self._pause(deadline, lost)
                else:
                    raise
            except Lost:
                sent = True
            except NoAnswer as error:
                sent = True
                await self._stream.drop(link)
                await self._pause(deadline, error)

    async def _attempt(self, link: Link, batch: Batch, deadline: float) -> list[int]:
        answer = await link.ask_batch(batch.messages(self._new_id()), within=self._patience(deadline))
        return self._acknowledged(batch, answer.data)

    def _acknowledged(self, batch: Batch, answered: bytes) -> list[int]:
        answer = answer_of(answered)
        if answer.get("stream") != self._stream.name or answer.get("count", 1) != batch.size:
            raise AnotherAnswer(f"{batch.size} messages sent to {self._stream.name}, acknowledged: {answer}")
        return batch.positions(answer["seq"])

    def _patience(self, deadline: float) -> float:
        """Half of the time, so that a server which swallowed the request leaves time to ask another connection."""
        return max(0.5, self._stream.remaining(deadline) / 2)

    async def _resolve(self, link: Link, batch: Batch, deadline: float, *, sent: bool) -> list[int]:
        """A conflict: our own earlier attempt (its commit id stands there), or somebody else's entries."""
        try:
            last = await self._stream.last_on(link, batch.last_subject, deadline) if sent else None
            if last and leader_headers(last).get(COMMIT) == batch.commit:
                return batch.positions(last["seq"])
            self._stream.heads.forget(batch.entries)
            raise Conflict(await self._culprits(link, batch, deadline))
        except (Lost, NoAnswer) as error:
            if sent:
                raise
            raise Conflict(batch.originators) from error

    async def _culprits(self, link: Link, batch: Batch, deadline: float) -> frozenset[str]:
        there = await existing(self._stream, link, list(batch.watched), deadline)
        return (
            frozenset(
                str(originator_id)
                for subject, (originator_id, expected) in batch.watched.items()
                if there.get(subject, 0) != expected
            )
            or batch.originators  # seen by the leader alone: everyone decides again
        )

    async def _pause(self, deadline: float, error: Exception) -> None:
        if self._stream.remaining(deadline) <= PAUSE:
            raise OutcomeUnknown(f"No answer about what was written: {error}") from error
        await asyncio.sleep(PAUSE)

    def _new_id(self) -> str:
        return self._nuid.next().decode()


def _notification(entry: StoredEvent, position: int) -> Notification:
    return Notification(
        originator_id=entry.originator_id,
        originator_version=entry.originator_version,
        topic=entry.topic,
        state=entry.state,
        id=position,
    )
