"""An agreement between organisations: how many places of which kind, who does what, and how often they meet."""

from collections.abc import Callable
from datetime import date
from typing import Literal
from uuid import UUID

from immutables import Map

from domain.agreeing import (
    AgreementAct,
    AgreementAmended,
    AgreementChangeDeclined,
    AgreementEnded,
    AgreementProposed,
    AgreementRenewed,
    AgreementSigned,
    ChangeEndedAct,
    PlaceAnswered,
    PlaceAsked,
)
from domain.case.meeting import MeetingAct
from domain.case.meetings import Meetings
from domain.changing import Changes, Pending
from domain.entry import Entry
from domain.facts import dataclass, replace
from domain.history import History
from domain.refusal import Hidden, Refused
from domain.terms import Terms, proposed

State = Literal["proposed", "concluded", "in-force", "expired", "ended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    by: str
    number: int
    place_kind: str
    answers: Map[str, int] = Map()
    """How many places each party has offered, as it said last."""


@dataclass(frozen=True, slots=True)
class Agreement:
    id: str
    history: History = History()
    founders: frozenset[str] = frozenset()
    """The parties it was proposed to be between; others may join them."""
    parties: frozenset[str] = frozenset()
    signed: frozenset[str] = frozenset()
    on_anothers_word: frozenset[str] = frozenset()
    """Parties whose signature another account has told."""
    since: Map[str, int] = Map()
    """Of parties that joined later, the version from which they see it."""
    shown: Map[int, frozenset[str]] = Map()
    """Version of a change, and of what is told of it → those that would join by it, who see it before they do."""
    changes: Changes = Changes()
    terms: Terms = Terms()
    asks: Map[UUID, Ask] = Map()
    meetings: Meetings = Meetings()

    @property
    def version(self) -> int:
        return self.history.version

    @property
    def concluded(self) -> bool:
        """Whether all between whom it was proposed have signed; who joins later holds nothing up."""
        return bool(self.founders) and self.founders <= self.signed

    def state_on(self, day: date) -> State:
        """Over is over, whether or not all had signed; on its last day it is still in force."""
        terms = self.terms
        if terms.ended and terms.ended < day:
            return "ended"
        if terms.valid_until and terms.valid_until < day:
            return "expired"
        if not self.concluded:
            return "proposed"
        return "in-force" if (terms.valid_from or date.max) <= day else "concluded"

    def in_force(self, day: date) -> bool:
        """Concluded, begun and not over on that day."""
        return self.state_on(day) == "in-force"

    def check_speaks(self, entry: Entry) -> None:
        """To whoever is no party it is as one that does not exist."""
        if self.version == 0:
            if not isinstance(entry.act, AgreementProposed):
                raise Hidden("agreement.unknown")
        elif entry.organisation not in self.parties and not self._answers(entry):
            raise Hidden("agreement.unknown")

    def _answers(self, entry: Entry) -> bool:
        """Whether one that would join says if it does."""
        act, by = entry.act, entry.organisation
        signs = isinstance(act, AgreementSigned) and act.party == by
        return by in self.changes.joining and (signs or isinstance(act, AgreementChangeDeclined))

    def check(self, entry: Entry) -> None:
        self.check_speaks(entry)
        self._check_told_for(entry)
        match entry.act:
            case AgreementProposed() if self.version:
                raise Refused("agreement.already-proposed")
            case AgreementProposed() as act:
                _check_days(act.valid_from, act.valid_until)
                _check_parties([s.party for s in act.signed_by], _parties(act, entry))
            case AgreementSigned() as act:
                _check_parties([act.party], self.parties | self.changes.joining)
                self._check_change(act)
            case AgreementAmended(valid_until=until) | AgreementRenewed(valid_until=until) as act:
                if isinstance(act, AgreementAmended):
                    _check_parties(_named(act), self.parties.union(act.joining))
                _check_days(self.terms.valid_from, until)
                self.changes.check_room(entry.organisation)
            case ChangeEndedAct() as act:
                self.changes.check_ends(act, entry.organisation, self.parties)
            case AgreementEnded(ended=ended):
                self._check_ending(ended, entry)
            case PlaceAsked(ask=ask) if ask in self.asks:
                raise Refused("ask.exists", ask=ask)
            case PlaceAnswered(ask=ask) if ask not in self.asks:
                raise Refused("ask.unknown", ask=ask)
            case MeetingAct() as act:
                self._check_meeting(act, entry)
            case _:
                pass

    def _check_told_for(self, entry: Entry) -> None:
        """Nobody answers here for one that is no party."""
        told_for = entry.on_behalf_of
        if told_for and self.version and entry.act.effect != "statement":
            _check_parties([told_for], self.parties | self.changes.joining)

    def _check_change(self, act: AgreementSigned) -> None:
        """A signature is for one change: whoever signs may not have seen the one that came last."""
        outstanding = self.outstanding(act.party)
        if act.change is None and len(outstanding) > 1:
            raise Refused("agreement.which-change", changes=", ".join(map(str, outstanding[:10])))
        if act.change is not None and act.change not in outstanding:
            raise Refused("agreement.not-to-sign", change=act.change)

    def outstanding(self, party: str) -> list[int]:
        """The versions of what the party has still to sign: the agreement itself, and changes of it."""
        itself = [1] if party in self.founders - self.signed else []
        return itself + self.changes.awaiting(party)

    def _check_ending(self, ended: date, entry: Entry) -> None:
        """One party alone ends it from today on; so nobody, by a day far away, keeps the others from an earlier one."""
        if self.terms.ended and self.terms.ended <= ended:
            raise Refused("agreement.has-ended")
        _check_days(self.terms.valid_from, ended)
        if ended < entry.recorded_at.date():
            raise Refused("agreement.ended-before-today")

    def _check_meeting(self, act: MeetingAct, entry: Entry) -> None:
        if placements := getattr(act, "placements", ()):
            raise Refused("placement.unknown", placement=placements[0])  # they are on cases
        self.meetings.check(act, entry.occurred, entry.organisation)

    def after(self, entry: Entry) -> "Agreement":
        agreement = replace(self, history=self.history.after(entry))
        match entry.act:
            case AgreementProposed() as act:
                return replace(
                    agreement,
                    founders=_parties(act, entry),
                    parties=_parties(act, entry),
                    signed=frozenset(s.party for s in act.signed_by) - set(act.awaits or ()),
                    on_anothers_word=frozenset(s.party for s in act.signed_by) - {entry.organisation},
                    terms=proposed(act),
                )
            case AgreementSigned() as act:
                return agreement._signed(act, entry)  # noqa: SLF001 (of the same class)
            case AgreementAmended() | AgreementRenewed() as act:
                return agreement._proposed(act, entry)  # noqa: SLF001
            case ChangeEndedAct() as act:
                return agreement._without(act, entry)  # noqa: SLF001
            case AgreementEnded(ended=ended):
                ended = max(ended, entry.recorded_at.date())
                return replace(agreement, terms=replace(self.terms, ended=min(ended, self.terms.ended or ended)))
            case PlaceAsked() as act:
                ask = Ask(by=entry.actor, number=act.number, place_kind=act.place_kind)
                return replace(agreement, asks=self.asks.set(act.ask, ask))
            case PlaceAnswered() as act if self._is_party(entry.actor) and (known := self.asks.get(act.ask)):
                answered = replace(known, answers=known.answers.set(entry.actor, act.number))
                return replace(agreement, asks=self.asks.set(act.ask, answered))
            case MeetingAct() as act:
                return replace(agreement, meetings=self.meetings.after(act, entry))
            case _:
                return agreement

    def _is_party(self, organisation: str) -> bool:
        """Who joined later does not see between whom it was proposed: what it sees is folded as told."""
        return not self.founders or organisation in self.parties

    def _signed(self, act: AgreementSigned, entry: Entry) -> "Agreement":
        party, words = act.party, self.on_anothers_word
        words = words - {party} if party == entry.organisation else words | {party}
        # Who signs a change only has not signed the agreement as it was proposed.
        signed = self.signed if act.change not in (None, 1) and party in self.founders else self.signed | {party}
        agreement = self._shown(entry, self._see(*self.changes.touched(party, act.change)))
        changes = self.changes.signed(party, act.change)
        return replace(agreement, signed=signed, on_anothers_word=words, changes=changes)._settled()  # noqa: SLF001

    def _proposed(self, act: AgreementAmended | AgreementRenewed, entry: Entry) -> "Agreement":
        joining = act.joining if isinstance(act, AgreementAmended) else ()
        shown = self._shown(entry, frozenset(joining).union(act.awaits or ()) - self.parties)
        return replace(shown, changes=self.changes.proposed(entry))._settled()  # noqa: SLF001

    def _without(self, act: ChangeEndedAct, entry: Entry) -> "Agreement":
        """With a change withdrawn or declined; those after it are held up by it no longer."""
        changes = self.changes.without(act, entry, self.parties)
        if changes is self.changes:
            return self
        gone = self.changes.joining - changes.joining - self.parties
        agreement = replace(self, signed=self.signed - gone, on_anothers_word=self.on_anothers_word - gone)
        shown = agreement._shown(entry, self._see(act.change))  # noqa: SLF001
        return replace(shown, changes=changes.awaiting_no_more(gone))._settled()  # noqa: SLF001

    def _see(self, *changes: int) -> frozenset[str]:
        """Who is asked to join, and sees these changes before it has."""
        return frozenset().union(*(self.shown.get(each, frozenset()) for each in changes)) & self.changes.joining

    def _shown(self, entry: Entry, joining: frozenset[str]) -> "Agreement":
        return replace(self, shown=self.shown.set(entry.originator_version, joining)) if joining else self

    def _settled(self) -> "Agreement":
        """With the changes in that no signature is outstanding for; a later one waits for those before it."""
        agreement = self
        while (pending := agreement.changes.pending) and not pending[0].awaits:
            changes = replace(agreement.changes, pending=pending[1:])
            agreement = replace(agreement._changed(pending[0]), changes=changes)
        return agreement

    def _changed(self, change: Pending) -> "Agreement":
        match change.act:
            case AgreementRenewed() as act:
                return replace(self, terms=self.terms.renewed(act))
            case AgreementAmended() as act:
                new = [party for party in act.joining if party not in self.parties]
                # An entry from before the door wrote whom it awaits lets new parties see the whole agreement.
                since = self.since if act.awaits is None else self.since.update(dict.fromkeys(new, self.version))
                return replace(self, parties=self.parties.union(new), since=since, terms=self.terms.amended(act))

    @property
    def admits(self) -> tuple[object, ...]:
        """As long as it stays the same, each entry keeps its readers."""
        return self.parties, self.since

    def readers_of(self, entry: Entry) -> frozenset[str]:
        """The parties, from their joining on. Who is to join sees the change that says so, and what is told of it."""
        version = entry.originator_version
        parties = frozenset(party for party in self.parties if version >= self.since.get(party, 0))
        return parties | self.shown.get(version, frozenset())

    def awaited(self, act: AgreementAct, by: str, connected: Callable[[str], bool]) -> frozenset[str]:
        """The parties with a system whose own signature is outstanding for an act told by this account.

        Also those that would join by a change that waits: they will be bound by what comes after it.
        """
        match act:
            case AgreementProposed():
                parties = frozenset(act.parties)
            case AgreementAmended():
                parties = self.parties | self.changes.joining | set(act.joining)
            case _:
                parties = self.parties | self.changes.joining
        return frozenset(party for party in parties if party != by and connected(party))


def _parties(act: AgreementProposed, entry: Entry) -> frozenset[str]:
    return frozenset((*act.parties, entry.actor, entry.organisation))


def _named(act: AgreementAmended) -> list[str]:
    """To whom its terms give something to do."""
    return [*([act.convener] if act.convener else []), *(each.organisation for each in act.roles or ())]


def _check_days(begins: date | None, ends: date | None) -> None:
    if begins and ends and ends < begins:
        raise Refused("agreement.ends-before-begins")


def _check_parties(named: list[str], parties: frozenset[str]) -> None:
    for party in named:
        if party not in parties:
            raise Refused("agreement.not-a-party", organisation=party)
