"""The acts that are decided together: what each became, what is answered to it so far."""

import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final, cast
from uuid import UUID

from domain.access.audience import audience, opened
from domain.agreement import Agreement
from domain.case import Case
from domain.case.about import AboutAct
from domain.case.owners import is_of
from domain.entry import Entry, SealedPart
from domain.facts import dataclass, replace
from domain.irregularities import Irregularity, irregularities_told
from domain.naming import agreement_named
from domain.network import Network
from domain.obligations import Due
from domain.organisation import Organisation
from domain.rulebook import Rulebook
from domain.skeleton import Part, divide, lenient
from domain.submission import Submission
from domain.visibility import Moved, past_opened, standing
from domain.visibility import moved as readers_moved
from services.answers import Answer, KnownAlready, LookUp, Recorded, Refusal, TryLater
from services.keyring import Key, Owner, owner_of, seal
from services.obligations import moved
from services.person_of_case import moves_person
from services.refolding import refolded
from services.seen import sees_all_before
from services.sitting import Sitting

State = Case | Organisation | Rulebook | Agreement

FEW_READERS: Final = 20
"""Of a case; each that is told of an act beyond them is charged to whoever tells it."""


@dataclass(frozen=True, slots=True)
class Told:
    """A well-formed act and the organisation that its door has recognised."""

    organisation: str
    submission: Submission


@dataclass(frozen=True, slots=True)
class Decided:
    entry: Entry  # with its parts named but not yet sealed
    marked: Mapping[Part, Mapping[str, Any]]
    irregularities: Sequence[Irregularity]
    obligations: Sequence[Due]
    rests_on: Agreement | None
    """The agreement that the act names, as it was known: it must still be so when the entry is stored."""
    after_leaving: bool
    dry_run: bool
    waits_for: str | None
    """Of a claim: the organisation for which it was told, whose word ends it."""
    moves_person: bool
    """Who the person of the case is, or who is responsible for it, may be another now."""
    opened: int
    """Messages to others beside itself: earlier entries that it opens, and what many see, counted for each reader."""
    refolded: int
    """Entries that the views fold again because of it, counted for each who sees another part of the case."""


class Batch:
    """The acts that are decided together, and what is answered to each so far."""

    def __init__(self, told: Sequence[Told], now: datetime, sitting: Sitting) -> None:
        self.told = told
        self.sitting = sitting
        self.now = now
        self.decided: dict[int, Decided] = {}
        self.after: dict[int, State] = {}
        """Of what is decided: what its record is with it."""
        self.sealed: dict[int, Entry] = {}
        """Of what is decided: the entry as it is stored."""
        self.answers: dict[int, Answer] = {}
        self.first: dict[tuple[str, str, UUID], int] = {}
        self.twins: dict[int, int] = {}

    def timed(self, open_: Iterable[int]) -> Iterator[int]:
        """Each of them in turn; what is done until the next is asked for was done for its teller."""
        began = time.monotonic()
        for i in open_:
            yield i
            began = self.sitting.spend(self.told[i].organisation, began)

    def records(self) -> set[str]:
        return {d.entry.originator_id for d in self.decided.values()}

    def disturbed_by(self, taken: Collection[str]) -> set[str]:
        """Of whose acts those that were decided on one of these records; with all others of the same record.

        Each of those was decided on what the ones before it made of it.
        """
        return {
            d.entry.originator_id
            for d in self.decided.values()
            if d.entry.originator_id in taken or (d.rests_on and d.rests_on.id in taken)
        }

    def rested_on_by(self, records: Collection[str]) -> set[str]:
        """The agreements that acts of these records name: where the store could not tell, one of them has changed."""
        return {d.rests_on.id for d in self.decided.values() if d.rests_on and d.entry.originator_id in records}

    def open_again(self, records: Collection[str]) -> list[int]:
        """Those of these records, to be decided anew."""
        open_ = [i for i, d in self.decided.items() if d.entry.originator_id in records]
        for i in open_:
            del self.decided[i], self.sealed[i]
        return open_

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


def draft(told: Told, version: int, now: datetime, known_at: int) -> Entry:
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


def decided(draft: Entry, told: Told, before: State, network: Network) -> tuple[Decided, State]:
    """What is to be entered, and the state with it in."""
    skeleton, marked = divide(draft.act)
    # From here on only the skeleton: folds never need a marked field, and what is kept in memory holds none.
    act = lenient(type(draft.act)).model_validate(skeleton)
    unsealed = tuple(SealedPart(category, "", "") for _, category in marked)
    entry = replace(draft, act=act, personal=unsealed)
    after = _after(before, entry, network)
    entry = after.history.entries[entry.originator_version]  # with the ruling on it
    left = isinstance(before, Case) and before.version > 0 and standing(before, entry.organisation) is None
    movers = readers_moved(before, after) if isinstance(before, Case) and isinstance(after, Case) else []
    decision = Decided(
        entry=entry,
        marked=marked,
        irregularities=_irregularities(entry, before, after, network),
        obligations=moved(after, entry, network) if isinstance(after, Case) and not left else (),
        rests_on=network.agreement(named) if (named := agreement_named(act)) else None,
        after_leaving=left,
        dry_run=told.submission.dry_run,
        waits_for=_waits_for(entry, before, network),
        moves_person=moves_person(before, after, entry, marked),
        opened=_sent(entry, before, after, network, movers),
        refolded=refolded(before, after, entry, movers) if isinstance(before, Case) and isinstance(after, Case) else 0,
    )
    return decision, after


def _waits_for(claim: Entry, case: State, network: Network) -> str | None:
    whose = claim.on_behalf_of
    if not claim.claim or not isinstance(case, Case) or whose is None or not network.connected(whose):
        return None
    return whose if is_of(case, whose, claim) else None


def _sent(entry: Entry, before: State, after: State, network: Network, movers: Moved) -> int:
    """How many messages to others an entry makes, beside itself: a past that it opens, and what so many may see."""
    match before, after:
        case Case(), Case():
            return past_opened(before, after, movers) + _beyond_few(after)
        case Agreement(), Agreement():
            return sum(1 for reader, _ in opened(before, after) if reader != entry.organisation)
        case _:
            by_office = entry.organisation == network.office  # which has no bound
            return network.number_connected if audience(entry).everyone and not by_office else 0


def _beyond_few(case: Case) -> int:
    """Who may see the case, beyond a few: of a usual one nobody is charged for its readers."""
    path, team = case.path, case.path.team
    named = {*case.history.authors, *team.memberships, *(each.to for each in team.handovers.values())}
    named.update(each.receiver for each in path.referrals.by_id.values())
    named.update(each.host for each in path.placements.by_id.values() if each.host)
    return max(0, len(named) - FEW_READERS)


def _after(before: State, entry: Entry, network: Network) -> State:
    if isinstance(before, Organisation):
        return before.after(entry, office=network.office)
    return before.after(entry)


def _irregularities(entry: Entry, before: State, after: State, network: Network) -> Sequence[Irregularity]:
    """Judged on what the teller may see once the entry stands, as the views judge it."""
    if not isinstance(before, Case | Agreement):
        return ()
    on = cast("Case | Agreement", after)
    whole = partial(sees_all_before, entry.originator_version, on, entry.organisation)
    return irregularities_told(entry, before, network, whole)


def sealed(decided: Decided, keys: Mapping[Owner, Key]) -> Entry:
    entry = decided.entry
    return replace(
        entry,
        personal=tuple(
            seal(entry.id, part[1], fields, keys[owner_of(part, entry.originator_id, entry.organisation)])
            for part, fields in decided.marked.items()
        ),
    )


def recorded(decided: Decided, position: int, *, person: LookUp = "not-asked", sealed_bytes: int = 0) -> Recorded:
    return Recorded(
        position=position,
        version=decided.entry.originator_version,
        obligations=decided.obligations,
        irregularities=decided.irregularities,
        after_leaving=decided.after_leaving,
        person=person,
        dry_run=decided.dry_run,
        claim=decided.entry.claim,
        waits_for=decided.waits_for,
        sealed_bytes=sealed_bytes,
        opened=decided.opened,
        refolded=decided.refolded,
    )
