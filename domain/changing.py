"""The changes of an agreement that some party has still to sign, and those that came to nothing."""

from typing import Final

from domain.agreeing import (
    AgreementAmended,
    AgreementChangeDeclined,
    AgreementChangeWithdrawn,
    AgreementRenewed,
    ChangeEndedAct,
)
from domain.entry import Entry
from domain.facts import dataclass, replace
from domain.refusal import Refused

MOST_PENDING: Final = 10
"""Changes that one organisation may have waiting for the others, so that nobody takes up the room of another."""
KEPT: Final = 20
"""Changes that came to nothing of which an agreement shows when and through whom."""


@dataclass(frozen=True, slots=True)
class Pending:
    """The entry of a change, and the parties whose signature it still awaits."""

    entry: Entry
    awaits: frozenset[str]

    @property
    def act(self) -> AgreementAmended | AgreementRenewed:
        return self.entry.act  # type: ignore[return-value]

    @property
    def version(self) -> int:
        return self.entry.originator_version

    @property
    def joining(self) -> frozenset[str]:
        """The organisations that it would make parties."""
        return frozenset(self.act.joining if isinstance(self.act, AgreementAmended) else ())

    def ended_by(self, act: ChangeEndedAct, by: str, joining: frozenset[str]) -> bool:
        """Who proposed it withdraws it; who has to sign it declines it, also after signing, until all have signed.

        Who would join by another change declines that one: it stops nothing that is between the parties.
        """
        match act:
            case AgreementChangeWithdrawn():
                return by in (self.entry.organisation, self.entry.actor)
            case _:
                return by in (self.act.awaits or ()) and by not in joining - self.joining


@dataclass(frozen=True, slots=True)
class Dropped:
    """The versions of the entries of a change, and of what withdrew or declined it."""

    change: int
    ended: int


@dataclass(frozen=True, slots=True)
class Changes:
    pending: tuple[Pending, ...] = ()
    """In the order in which they were proposed."""
    dropped: tuple[Dropped, ...] = ()
    """The last of those that were withdrawn or declined."""

    @property
    def joining(self) -> frozenset[str]:
        """The organisations that a change would make parties, once all have signed it."""
        return frozenset().union(*(each.joining for each in self.pending))

    def awaiting(self, party: str) -> list[int]:
        """The versions of those that the party has still to sign."""
        return [each.version for each in self.pending if party in each.awaits]

    def check_room(self, by: str) -> None:
        if sum(each.entry.organisation == by for each in self.pending) >= MOST_PENDING:
            raise Refused("agreement.too-many-changes", most=MOST_PENDING)

    def check_ends(self, act: ChangeEndedAct, by: str, parties: frozenset[str]) -> None:
        """One that is not there, and one that is not the account's to end, are answered alike."""
        if self._ended(act, by, parties) is None:
            code = "declined" if isinstance(act, AgreementChangeDeclined) else "withdrawn"
            raise Refused(f"agreement.not-to-be-{code}", change=act.change)

    def proposed(self, entry: Entry) -> "Changes":
        awaits = entry.act.awaits or ()  # type: ignore[attr-defined]
        return replace(self, pending=(*self.pending, Pending(entry, frozenset(awaits))))

    def touched(self, party: str, change: int | None) -> tuple[int, ...]:
        """The versions of the changes that a signature of the party is for."""
        return tuple(p.version for p in self.pending if party in p.awaits and change in (None, p.version))

    def signed(self, party: str, change: int | None) -> "Changes":
        signed = (
            replace(each, awaits=each.awaits - {party}) if change in (None, each.version) else each
            for each in self.pending
        )
        return replace(self, pending=tuple(signed))

    def without(self, act: ChangeEndedAct, entry: Entry, parties: frozenset[str]) -> "Changes":
        """The very same if the account could not end it."""
        if (ended := self._ended(act, entry.organisation, parties)) is None or entry.only_for is not None:
            return self
        dropped = (*self.dropped, Dropped(ended.version, entry.originator_version))
        return Changes(tuple(each for each in self.pending if each is not ended), dropped[-KEPT:])

    def awaiting_no_more(self, gone: frozenset[str]) -> "Changes":
        """Waiting for nobody who would not become a party any more."""
        return replace(self, pending=tuple(replace(each, awaits=each.awaits - gone) for each in self.pending))

    def _ended(self, act: ChangeEndedAct, by: str, parties: frozenset[str]) -> Pending | None:
        joining = self.joining - parties
        return next((p for p in self.pending if p.version == act.change and p.ended_by(act, by, joining)), None)
