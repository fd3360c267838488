"""The record: reads what is there, lets the domain decide, enters what passed; again where another was first."""

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.persistence import Notification, RecordConflictError, StoredEvent
from eventsourcing.utils import EnvType

from domain.agreement import Agreement
from domain.case import Case, replay
from domain.case.about import AboutAct
from domain.entry import Entry, SealedPart
from domain.irregularities import Irregularity, irregularities
from domain.network import Network
from domain.organisation import Organisation
from domain.refusal import Refused
from domain.rulebook import Rulebook
from domain.rules import check
from domain.skeleton import Part, divide, lenient
from domain.submission import Submission
from domain.visibility import standing
from services.answers import Answer, KnownAlready, Recorded, Refusal, TryLater
from services.cases import Cases
from services.keyring import Key, Keyring, Owner, owner_of, seal

ATTEMPTS = 8
READERS = 8

State = Case | Organisation | Rulebook | Agreement


@dataclass(frozen=True, slots=True)
class Told:
    """A well-formed act and the organisation that its door has recognised."""

    organisation: str
    submission: Submission


class Record(Application[str]):
    """Holds folded cases and the network in memory; the store's own check makes a stale one harmless."""

    def __init__(self, env: EnvType, keyring: Keyring) -> None:
        super().__init__(env)
        self._keyring = keyring
        self._cases = Cases(self.entries)
        self._network = Network()
        self._clock: datetime | None = None
        self._network_lock = threading.Lock()
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
    def following(self, gt: int, *, batch: int = 500) -> Iterator["Following"]:
        """The entries after a position and then each new one as it comes, in lists, in order, without a gap."""
        follow = cast("Any", self.recorder).follow(gt, batch=batch)
        with follow:
            yield Following(follow, self)

    # The network beside the cases

    @property
    def network(self) -> Network:
        return self._network

    def learn(self, notifications: Sequence[Notification]) -> None:
        """Take what the record says of organisations and rules, up to the last of these."""
        for notification in notifications:
            if not str(notification.originator_id).startswith("case/"):
                self._learn(self.read(notification))
        with self._network_lock:
            self._network = self._network.at(notifications[-1].id)

    def _learn(self, entry: Entry) -> None:
        with self._network_lock:
            self._network = self._network.after(entry)

    # Entering

    def enter_many(self, told: Sequence[Told], now: datetime) -> list[Answer]:
        """Answer each act, in order. What passes is stored all or none; one act's conflict never refuses another's.

        Raises the library's `OperationalError` if the store does not answer: then nothing is known of any of them.
        """
        batch = _Batch(told, self._tick(now))
        self._load({t.submission.record for t in told})
        open_: Sequence[int] = range(len(told))
        for _ in range(ATTEMPTS):
            self._decide(batch, open_)
            if not batch.decided:
                break
            try:
                self._store(batch)
                break
            except RecordConflictError as conflict:
                # The store names whose version was taken; only their acts are decided again.
                lost = getattr(conflict, "originator_ids", None) or {
                    d.entry.originator_id for d in batch.decided.values()
                }
                open_ = [i for i, d in batch.decided.items() if d.entry.originator_id in lost]
                for i in open_:
                    self._reread(batch.decided.pop(i).entry.originator_id)
        return batch.in_order()

    def _tick(self, now: datetime) -> datetime:
        """Milliseconds, never going back along the record."""
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        self._clock = max(now, self._clock) if self._clock else now
        return self._clock

    def _load(self, records: Iterable[str]) -> None:
        """Read the cases that are not in memory side by side: each alone waits for the store."""
        cold = [r for r in records if r.startswith("case/") and self._cases.latest_held(r) is None]
        if len(cold) > 1:
            for id_, entries in zip(cold, self._readers.map(self.entries, cold), strict=True):
                self._cases.keep(replay(entries, onto=Case(id_)))

    def _decide(self, batch: "_Batch", open_: Sequence[int]) -> None:
        network = self._network
        states: dict[str, State] = {}
        for i in open_:
            record = batch.told[i].submission.record
            state = states.get(record) or self._state(record, network)
            try:
                state = self._decide_one(batch, i, state, network)
            except Refused as refused:
                fresh = self._reread(record) if record not in states else state
                if fresh.version == state.version:
                    batch.answers[i] = Refusal(refused)
                    continue
                # Refused as it stood in memory, but another desk has written since: as it stands now, then.
                try:
                    state = self._decide_one(batch, i, fresh, network)
                except Refused as again:
                    batch.answers[i] = Refusal(again)
                    continue
            states[record] = state
            if not isinstance(state, Case) and i in batch.decided:
                network = network.after(batch.decided[i].entry)

    def _decide_one(self, batch: "_Batch", i: int, state: State, network: Network) -> State:
        """Return the state with the act in, or as it was if there was nothing to enter."""
        told = batch.told[i]
        draft = _draft(told, state.version + 1, batch.now, network.position)
        if known := state.history.known(draft):
            batch.known(i, known)
            return state
        check(draft, state, network)
        decided = _decided(draft, told, state, network)
        if told.submission.dry_run:
            batch.answers[i] = _recorded(decided, 0)
            return state
        batch.decided[i] = decided
        batch.first[draft.originator_id, *draft.key] = i
        return state.after(decided.entry)

    def _state(self, record: str, network: Network) -> State:
        kind, id_ = record.split("/", 1)
        match kind:
            case "case":
                return self._cases.latest(record)
            case "organisation":
                return network.organisation(id_)
            case "agreement":
                return network.agreement(id_)
            case _:
                return network.rulebook_of(record)

    def _reread(self, record: str) -> State:
        """As the store has it now."""
        state = self._state(record, self._network)
        newer = self.entries(record, after=state.version)
        if isinstance(state, Case):
            return self._cases.keep(replay(newer, onto=state)) if newer else state
        for entry in newer:
            self._learn(entry)
        return self._state(record, self._network)

    def _store(self, batch: "_Batch") -> None:
        decided = [batch.decided[i] for i in sorted(batch.decided)]
        keys = self._keyring.keys(
            owner_of(part, d.entry.originator_id, d.entry.organisation) for d in decided for part in d.marked
        )
        entries = [_sealed(d, keys) for d in decided]
        recordings = self.events.put(cast("list[Any]", entries))
        positions = [r.notification.id for r in recordings] or [0] * len(entries)
        for i, entry, position in zip(sorted(batch.decided), entries, positions, strict=True):
            batch.answers[i] = _recorded(batch.decided[i], position)
            self._keep(replace(entry, position=position))

    def _keep(self, entry: Entry) -> None:
        if entry.originator_id.startswith("case/"):
            case = self._cases.latest_held(entry.originator_id)
            if case and case.version == entry.originator_version - 1:
                self._cases.keep(case.after(entry))
        else:
            self._learn(entry)


class Following:
    """Entries in lists; what this version cannot read raises after all before it were given."""

    def __init__(self, follow: Any, record: Record) -> None:
        self._follow = follow
        self._record = record

    def notifications(self) -> Iterator[list[Notification]]:
        return iter(self._follow)

    def __iter__(self) -> Iterator[list[Entry]]:
        for notifications in self._follow:
            entries: list[Entry] = []
            for notification in notifications:
                try:
                    entries.append(self._record.read(notification))
                except Exception:
                    if entries:
                        yield entries
                    raise
            yield entries

    def stop(self) -> None:
        self._follow.stop()


@dataclass(frozen=True, slots=True)
class _Decided:
    entry: Entry  # with its parts named but not yet sealed
    marked: Mapping[Part, Mapping[str, Any]]
    irregularities: Sequence[Irregularity]
    after_leaving: bool
    dry_run: bool


class _Batch:
    """The acts that are decided together, and what is answered to each so far."""

    def __init__(self, told: Sequence[Told], now: datetime) -> None:
        self.told = told
        self.now = now
        self.decided: dict[int, _Decided] = {}
        self.answers: dict[int, Answer] = {}
        self.first: dict[tuple[str, str, UUID], int] = {}
        self.twins: dict[int, int] = {}

    def known(self, i: int, known: Entry) -> None:
        first = self.first.get((known.originator_id, *known.key))
        if first is not None and first != i:
            self.twins[i] = first
        else:
            self.answers[i] = KnownAlready(position=known.position, version=known.originator_version)

    def in_order(self) -> list[Answer]:
        for i, first in self.twins.items():
            match self.answers.get(first):
                case Recorded(position=position, version=version):
                    self.answers[i] = KnownAlready(position=position, version=version)
                case Refusal() | KnownAlready() as same:
                    self.answers[i] = same
                case _:
                    pass
        return [self.answers.get(i, TryLater(why="conflicts")) for i in range(len(self.told))]


def _draft(told: Told, version: int, now: datetime, known_at: int) -> Entry:
    sent = told.submission
    about = sent.act.entry if isinstance(sent.act, AboutAct) else None
    return Entry(
        originator_id=sent.record,
        originator_version=version,
        act=sent.act,
        organisation=told.organisation,
        act_id=sent.act_id,
        occurred=sent.occurred,
        recorded_at=now,
        practitioner=sent.practitioner,
        on_behalf_of=sent.on_behalf_of,
        evidence=sent.evidence,
        only_for=sent.only_for,
        imported_from=sent.imported_from,
        correlation_id=sent.act.thread,
        causation_id=f"{sent.record}/{about}" if about else None,
        known_at=known_at,
    )


def _decided(draft: Entry, told: Told, before: State, network: Network) -> _Decided:
    skeleton, marked = divide(draft.act)
    # From here on only the skeleton: folds never need a marked field, and what is kept in memory holds none.
    act = lenient(type(draft.act)).model_validate(skeleton)
    named = tuple(SealedPart(category, "", "") for _, category in marked)
    entry = replace(draft, act=act, personal=named)
    case = before if isinstance(before, Case) else None
    judged = before if isinstance(before, Case | Agreement) else None
    return _Decided(
        entry=entry,
        marked=marked,
        irregularities=irregularities(entry, judged, network) if judged else (),
        after_leaving=case is not None and case.version > 0 and standing(case, entry.organisation) is None,
        dry_run=told.submission.dry_run,
    )


def _sealed(decided: _Decided, keys: Mapping[Owner, Key]) -> Entry:
    entry = decided.entry
    return replace(
        entry,
        personal=tuple(
            seal(entry.id, part[1], fields, keys[owner_of(part, entry.originator_id, entry.organisation)])
            for part, fields in decided.marked.items()
        ),
    )


def _recorded(decided: _Decided, position: int) -> Recorded:
    return Recorded(
        position=position,
        version=decided.entry.originator_version,
        irregularities=decided.irregularities,
        after_leaving=decided.after_leaving,
        dry_run=decided.dry_run,
    )
