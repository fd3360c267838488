"""The record: reads what is there, lets the domain decide, enters what passed; again where another was first."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from typing import Any, assert_never, cast

import structlog
from eventsourcing.application import Application
from eventsourcing.persistence import InternalError, Notification, PersistenceError, RecordConflictError, StoredEvent
from eventsourcing.utils import EnvType

from domain.case import Case, replay
from domain.case.person import CaseOpened
from domain.case.referral import ReferralSent
from domain.catalogue import KINDS
from domain.entry import Entry
from domain.facts import replace
from domain.network import Network
from domain.record_id import Kind, id_of, kind_of
from domain.refusal import Refused
from domain.rules import check
from services.answers import Answer, LookUp, Refusal, TryLater
from services.batch import Batch, Decided, State, Told, decided, draft, recorded, sealed
from services.cases import Cases
from services.duplicates import A_DAY, Duplicates, Moved
from services.following import Following
from services.keyring import Keyring, owner_of
from services.network_past import NetworkPast
from services.sitting import Sitting

BESIDE_CASES = tuple(sorted(KINDS - {Kind.CASE}))
ATTEMPTS = 8
READERS = 8

log = structlog.get_logger()


class MissingError(InternalError):
    """The record has a hole."""


class Record(Application[str]):
    """Holds folded cases and the network in memory; the store's own check makes a stale one harmless.

    `room` says whether those who follow it have room to write elsewhere.
    """

    def __init__(
        self, env: EnvType, keyring: Keyring, room: Callable[[], bool] = lambda: True, *, look_ups_a_day: int = A_DAY
    ) -> None:
        super().__init__(env)
        self._keyring = keyring
        self._room = room
        self._duplicates = Duplicates(keyring, a_day=look_ups_a_day)
        self._cases = Cases(self.entries)
        self._network = Network()
        self._past = NetworkPast()
        self._clock: datetime | None = None
        self._network_lock = threading.Lock()
        self._deciding = threading.Lock()
        self._storing = threading.Lock()
        self._being_stored: set[str] = set()
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="record")

    def close(self) -> None:
        self._readers.shutdown()
        super().close()

    # Reading

    def entries(self, originator_id: str, after: int = 0) -> list[Entry]:
        return cast("list[Entry]", list(self.events.get(originator_id, gt=after or None)))

    def entries_up_to(self, originator_id: str, position: int) -> list[Entry]:
        """As the record stood at a position."""
        return [self.read(n) for n in cast("Any", self.recorder).load(originator_id, up_to_position=position)]

    def page(self, after: int, limit: int) -> list[Entry]:
        """Up to so many entries after a position, in order."""
        found = self.recorder.select_notifications(start=after, limit=limit, inclusive_of_start=False)
        return [self.read(n) for n in found]

    def entry_at(self, position: int) -> Entry | None:
        found = self.recorder.select_notifications(start=position, limit=1, stop=position)
        return self.read(found[0]) if found else None

    def read(self, stored: StoredEvent) -> Entry:
        return cast("Entry", self.mapper.to_domain_event(stored))

    def position(self) -> int:
        return self.recorder.max_notification_id() or 0

    @property
    def incarnation(self) -> str:
        return cast("str", cast("Any", self.recorder).incarnation)

    @contextmanager
    def following(self, gt: int, *, batch: int = 500, states: dict[int, bytes] | None = None) -> Iterator[Following]:
        """The entries after a position and then each new one as it comes, in lists, in order, without a gap."""
        follow = cast("Any", self.recorder).follow(gt, batch=batch)
        with follow:
            yield Following(follow, self.read, self._room, states)

    # The network beside the cases

    @property
    def network(self) -> Network:
        return self._network

    def network_at(self, position: int) -> Network:
        """As whoever decided then knew it."""
        return self._past.at(position)

    def following_network(self, after: int) -> Any:
        """What is written of the network after a position; each time `entries`, and the `position` that it is up to."""
        return cast("Any", self.recorder).follow_kinds(BESIDE_CASES, after)

    def learn(self, notifications: Sequence[Notification], position: int) -> None:
        """Take what the record says of organisations, rules and agreements; with it all is known up to there.

        Raises `MissingError` where a version of one of them is missing.
        """
        for notification in notifications:
            if kind_of(str(notification.originator_id)) in (Kind.CASE, None):
                continue
            entry = self.read(notification)
            if entry.originator_version > self._state(entry.originator_id, self._network).version + 1:
                raise MissingError(f"The record has a hole: before {entry.id} a version is missing. Restore the backup")
            self._learn(entry)
            self._past.take(entry)
        with self._network_lock:
            self._network = self._network.at(position)

    def _learn(self, entry: Entry) -> None:
        with self._network_lock:
            self._network = self._network.after(entry)

    # Entering

    def enter_many(
        self,
        told: Sequence[Told],
        now: datetime,
        *,
        decided: Callable[[], object] = lambda: None,
        sitting: Sitting | None = None,
    ) -> list[Answer]:
        """Answer each act, in order. What passes is stored all or none; one act's conflict never refuses another's.

        For several threads: while one's acts are being stored, another's are decided. They are stored in the order in
        which they were decided, so that times never go back along the record. `decided` is called once, when the next
        may come in; it must not raise. Of what the `sitting` has left nothing is decided: to be tried later.

        Raises the library's `OperationalError` if the store does not answer: then nothing is known of any.
        """
        try:
            with self._deciding:
                batch = self._deliberated(told, now, sitting or Sitting())
                if batch.decided:
                    self._storing.acquire()  # taken here, so that what is decided next is stored next
                    self._being_stored = batch.records()
        finally:
            decided()
        if batch.decided:
            try:
                self._until_stored(batch)
            finally:
                self._being_stored = set()
                self._storing.release()
        return batch.in_order()

    def _deliberated(self, told: Sequence[Told], now: datetime, sitting: Sitting) -> Batch:
        batch = Batch(told, self._tick(now), sitting)
        if self._being_stored & {t.submission.record for t in told}:
            with self._storing:
                pass  # they are to be decided on what is just being stored
        self._load(batch)
        self._decide(batch, sitting.until_over(range(len(told))))
        self._seal(batch)
        return batch

    def _until_stored(self, batch: Batch) -> None:
        for _ in range(ATTEMPTS):
            try:
                self._store(batch)
            except RecordConflictError as conflict:
                self._entered(batch, getattr(conflict, "stored", {}))
                # The store names whose version was taken, where it can tell; only their acts are decided again.
                taken = set(getattr(conflict, "originator_ids", None) or batch.records())
                records = batch.disturbed_by(taken)
                for record in taken | records | batch.rested_on_by(records):
                    self._reread(record)
                self._decide(batch, batch.open_again(records))
                self._seal(batch)
                if batch.decided:
                    continue
            return

    def _tick(self, now: datetime) -> datetime:
        """Milliseconds; never goes back in what this desk writes, also if the machine's clock did."""
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        if self._clock is None:
            last = self.entry_at(self.position())
            self._clock = last.recorded_at if last else now
        self._clock = max(now, self._clock)
        return self._clock

    def _load(self, batch: Batch) -> None:
        """Read the cases that are not in memory side by side: each alone waits for the store.

        One that is being opened is taken to be new: if it is not, the store says so when it is written.
        """
        told = batch.told
        first = {t.submission.record: t.submission.act for t in reversed(told)}
        each = dict.fromkeys(t.submission.record for t in told)
        cold = [r for r in each if kind_of(r) is Kind.CASE and self._cases.latest_held(r) is None]
        dry = {t.submission.record for t in told if t.submission.dry_run}
        opening = [r for r in cold if r not in dry and isinstance(first[r], CaseOpened | ReferralSent)]
        for id_ in opening:
            self._cases.keep(Case(id_))
        known = [r for r in cold if r not in set(opening)]
        if not (dry or known):
            return
        teller, began = {t.submission.record: t.organisation for t in reversed(told)}, time.monotonic()
        for record in dry:
            self._reread(record)  # what is not written is not told by the store either
            began = batch.sitting.spend(teller[record], began)
        for few in (known[i : i + READERS] for i in range(0, len(known), READERS)):
            if batch.sitting.over:
                return  # the desk does not come to what is told of the others
            for id_, entries in zip(few, self._readers.map(self.entries, few), strict=True):
                self._cases.keep(replay(entries, onto=Case(id_)))
                began = batch.sitting.spend(teller[id_], began)

    def _decide(self, batch: Batch, open_: Iterable[int]) -> None:
        """A fault of ours in deciding one act is the answer to that act; what follows on its record waits for it."""
        network = self._network
        states: dict[str, State] = {}
        faulty = set[str]()
        for i in batch.timed(open_):
            record = batch.told[i].submission.record
            if record in faulty:
                batch.answers[i] = TryLater(5, "after a fault of the service")
                continue
            try:
                states[record] = state = self._decided_as_it_stands(batch, i, states.get(record), network)
            except Refused as refused:
                batch.answers[i] = Refusal(refused)
                continue
            except PersistenceError:
                raise
            except Exception as fault:
                log.error("act not decided", exc_info=fault)  # noqa: TRY400 (rendered without values)
                batch.answers[i] = TryLater(5, "a fault of the service", Refused("service.fault"))
                faulty.add(record)
                continue
            if not isinstance(state, Case) and i in batch.decided:
                network = network.after(batch.decided[i].entry)

    def _decided_as_it_stands(self, batch: Batch, i: int, known: State | None, network: Network) -> State:
        """Refused as it stood in memory, but another desk has written since: then as it stands now."""
        record = batch.told[i].submission.record
        state = known or self._state(record, network)
        try:
            return self._decide_one(batch, i, state, network)
        except Refused:
            fresh = self._reread(record) if known is None else state
            if fresh.version == state.version:
                raise
            return self._decide_one(batch, i, fresh, network)

    def _decide_one(self, batch: Batch, i: int, state: State, network: Network) -> State:
        """Return the state with the act in, or as it was if there was nothing to enter."""
        told = batch.told[i]
        # Another desk, whose clock is ahead by less than a second, may have written last.
        last = state.history.entries.get(state.version)
        now = last.recorded_at if last is not None and last.recorded_at > batch.now else batch.now
        entry = draft(told, state.version + 1, now, network.position)
        if known := state.history.known(entry):
            batch.known(i, known)
            return state
        entry = check(entry, state, network)
        decision, after = decided(entry, told, state, network)
        if told.submission.dry_run:
            batch.answers[i] = recorded(decision, 0)
            return state
        batch.decided[i], batch.after[i] = decision, after
        batch.first[entry.originator_id, *entry.key] = i
        return after

    def _state(self, record: str, network: Network) -> State:
        match kind_of(record):
            case Kind.CASE:
                return self._cases.latest(record)
            case Kind.ORGANISATION:
                return network.organisation(id_of(record))
            case Kind.AGREEMENT:
                return network.agreement(id_of(record))
            case Kind.RULEBOOK:
                return network.rulebook_of(record)
            case None:
                raise LookupError(f"no act is taken for a record of this kind: {record}")
            case kind:
                assert_never(kind)

    def _reread(self, record: str) -> State:
        """As the store has it now."""
        state = self._state(record, self._network)
        newer = self.entries(record, after=state.version)
        if isinstance(state, Case):
            return self._cases.keep(replay(newer, onto=state)) if newer else state
        for entry in newer:
            self._learn(entry)
        return self._state(record, self._network)

    def _seal(self, batch: Batch) -> None:
        found = [(i, d) for i, d in batch.decided.items() if i not in batch.sealed]
        keys = self._keyring.keys(
            owner_of(part, d.entry.originator_id, d.entry.organisation) for _, d in found for part in d.marked
        )
        for i, d in found:
            batch.sealed[i] = sealed(d, keys)

    def _store(self, batch: Batch) -> None:
        entries = [batch.sealed[i] for i in sorted(batch.decided)]
        how = {**_guarded(list(batch.decided.values())), **({"apart": True} if _apart(entries) else {})}
        recordings = self.events.put(cast("list[Any]", entries), **how)
        positions = [r.notification.id for r in recordings] or [0] * len(entries)
        self._entered(batch, dict(zip(map(_version, entries), positions, strict=True)))

    def _entered(self, batch: Batch, stored: Mapping[tuple[str, int], int]) -> None:
        """Those that are on the record now, by originator and version, at their positions."""
        entered = {i: at for i in sorted(batch.decided) if (at := stored.get(_version(batch.sealed[i]))) is not None}
        for i, position in entered.items():
            self._keep(replace(batch.sealed[i], position=position), batch.after[i])
        persons = self._looked_up(batch, list(entered))
        for i, position in entered.items():
            size = sum([len(part.sealed) for part in batch.sealed[i].personal])
            person = persons.get(i, "not-asked")
            batch.answers[i] = recorded(batch.decided[i], position, person=person, sealed_bytes=size)
            del batch.decided[i], batch.sealed[i]

    def _looked_up(self, batch: Batch, entered: Sequence[int]) -> Mapping[int, LookUp]:
        """Only what is on the record: what was refused in the end marks nobody, and tells nothing of anybody."""
        asked = [i for i in entered if batch.decided[i].moves_person]
        if not asked:
            return {}
        moved = [Moved(batch.sealed[i], cast("Case", batch.after[i]), batch.decided[i].marked) for i in asked]
        return dict(zip(asked, self._duplicates.looked_up(moved, self._network, batch.now.date()), strict=True))

    def _keep(self, entry: Entry, after: State) -> None:
        """As it was decided, but for the position of the entry."""
        if isinstance(after, Case):
            case = self._cases.latest_held(entry.originator_id)
            if case and case.version == entry.originator_version - 1:
                self._cases.keep(replace(after, history=case.history.after(entry)))
        else:
            self._learn(entry)


def _version(entry: Entry) -> tuple[str, int]:
    return entry.originator_id, entry.originator_version


def _apart(entries: Sequence[Entry]) -> bool:
    """Whether each was decided on nothing that another of them says: they are of different cases."""
    ids = {entry.originator_id for entry in entries}
    return len(ids) == len(entries) and all(kind_of(id_) is Kind.CASE for id_ in ids)


def _guarded(found: Sequence[Decided]) -> dict[str, Any]:
    """What they rest on must still be as it was known; what is written with them guards itself."""
    written = {d.entry.originator_id for d in found}
    guards = {
        (d.entry.originator_id, d.entry.originator_version): (d.rests_on.id, d.rests_on.version + 1)
        for d in found
        if d.rests_on and d.rests_on.id not in written
    }
    return {"guards": guards} if guards else {}
