"""The messages of one append, each with what it expects to find or not to find in the stream.

What protects what: that a version exists once, the stream itself (one message a subject, the second refused) and
the header that expects none there. That a version follows its predecessor, the header on an originator's first
entry of the batch that expects the predecessor at its known sequence, where that is remembered. That another record
still is as it was known, such as the agreement that an act names, the header that expects its next version not to be
there: an entry can carry one expectation, so this one stands instead of the predecessor's.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from eventsourcing.persistence import DataError, IntegrityError, StoredEvent

from adapters.jetstream.frames import Lines, Message, lines
from adapters.jetstream.message import BATCH_SIZE, COMMIT, type_line
from adapters.jetstream.stream import Stream

LARGEST_BATCH = 1000  # the server's own limit (10199)
EXPECTED = "Nats-Expected-Last-Subject-Sequence"
EXPECTED_ON = "Nats-Expected-Last-Subject-Sequence-Subject"

Guards = Mapping[tuple[str, int], tuple[str, int]]
"""Of an entry (originator, version): another originator and the version of it that must not be there yet."""


class TooMany(DataError):
    """More entries than one batch can hold: they could not be stored all or none."""


class Conflict(IntegrityError):
    """Somebody else wrote first. `originator_ids` names whose entries, so that the others need no new decision.

    `stored` are the positions of those that were stored all the same, by originator and version.
    """

    def __init__(
        self, originator_ids: frozenset[str], stored: Mapping[tuple[UUID | str, int], int] | None = None
    ) -> None:
        super().__init__(f"Already on the record: {', '.join(sorted(originator_ids))}")
        self.originator_ids = originator_ids
        self.stored = stored or {}


class Batch:
    """The messages of one append: their expectations stay the same in every attempt, and so does the commit id."""

    def __init__(
        self,
        stream: Stream,
        entries: Sequence[StoredEvent],
        extra: Mapping[str, tuple[int, bytes]],
        commit: str,
        guards: Guards,
    ) -> None:
        self.entries = entries
        self._guards = guards
        self.commit = commit
        self.size = len(entries) + len(extra)
        if self.size > LARGEST_BATCH:
            raise TooMany(f"{self.size} entries: a batch holds at most {LARGEST_BATCH}")
        self.originators = frozenset(str(entry.originator_id) for entry in entries)
        self.watched: dict[str, tuple[UUID | str, int]] = {}
        self._common = lines({COMMIT: commit, BATCH_SIZE: str(len(entries) + len(extra))})
        self._messages: list[Message] = []
        started: set[UUID | str] = set()
        for entry in entries:
            self._add(stream, entry, first=entry.originator_id not in started)
            started.add(entry.originator_id)
        for subject, (expected, payload) in extra.items():
            self._messages.append((subject, payload, lines({EXPECTED: str(expected), COMMIT: commit})))
        self.last_subject = self._messages[-1][0]

    def _add(self, stream: Stream, entry: StoredEvent, *, first: bool) -> None:
        subject = stream.subjects.of(entry.originator_id, entry.originator_version)
        if subject in self.watched:
            raise Conflict(frozenset({str(entry.originator_id)}))
        self.watched[subject] = (entry.originator_id, 0)
        unique = stream.options.definition.unique_subjects
        before = stream.heads.before(entry) if first and unique else None
        guard = self._guards.get((str(entry.originator_id), entry.originator_version)) if unique else None
        if guard:
            next_version = stream.subjects.of(*guard)
            expected = _expected(0, next_version)
            self.watched[next_version] = (guard[0], 0)
        elif before is None:
            expected = _NOTHING
        else:
            predecessor = stream.subjects.of(entry.originator_id, entry.originator_version - 1)
            expected = _expected(before, predecessor)
            self.watched[predecessor] = (entry.originator_id, before)
        self._messages.append((subject, entry.state, type_line(entry.topic) + self._common + expected))

    def messages(self, batch_id: str) -> list[Message]:
        """What an attempt sends; the last of them is answered."""
        if self.size == 1:
            return self._messages
        of_batch = lines({"Nats-Batch-Id": batch_id})
        marked = [
            (subject, payload, b"%b%bNats-Batch-Sequence: %d\r\n" % (each, of_batch, number))
            for number, (subject, payload, each) in enumerate(self._messages, 1)
        ]
        subject, payload, last = marked[-1]
        return [*marked[:-1], (subject, payload, last + _COMMITS)]

    def positions(self, last: int) -> list[int]:
        return list(range(last - self.size + 1, last + 1))


def _expected(sequence: int, subject: str) -> Lines:
    return lines({EXPECTED: str(sequence), EXPECTED_ON: subject})


_NOTHING = lines({EXPECTED: "0"})
_COMMITS = lines({"Nats-Batch-Commit": "1"})
