"""What entries of a case say about other entries of it: which amendment holds, what was taken back, how deep it goes.

Everything is kept by version in persistent maps, so that one more entry costs the same however much was said before.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from immutables import Map

from domain.case.about import AboutAct, ActCorrected, ActRetracted
from domain.case.placement import PlacementAgreed
from domain.case.referral import ReferralSent
from domain.case.team import HandoverProposed, MemberJoined
from domain.entry import Act, Entry
from domain.facts import dataclass

DEEPEST: Final = 16
"""Acts about acts about acts: deeper ones are refused at the door. Those that are stored keep their meaning."""


@dataclass(frozen=True, slots=True)
class Said:
    """`newest` and `earlier` chain all that is said about one entry; `holding` and `under` only what amends it."""

    newest: Map[int, int] = Map()
    """Version of an entry → version of the last entry about it."""
    earlier: Map[int, int] = Map()
    """Version of an entry about another → version of the one before it about the same."""
    holding: Map[int, int] = Map()
    """Version of an entry → version of the correction or retraction that holds."""
    under: Map[int, int] = Map()
    """Version of an amendment → version of the one that held before it, or 0."""
    gone: Map[int, None] = Map()
    """Versions of the entries that were taken back."""
    reworded: Map[int, int] = Map()
    """Version of an entry → version of the last amendment after which it said something else than before."""
    depths: Map[int, int] = Map()
    ended: Map[str, tuple[int, ...]] = Map()
    """Organisation that was brought in by mistake → versions of the amendments that said so: the last that it sees."""

    def __contains__(self, version: int) -> bool:
        return version in self.newest

    def __getitem__(self, version: int) -> tuple[int, ...]:
        """The versions of all entries about that one, in order."""
        return tuple(self._backwards(version))[::-1]

    def get(self, version: int, default: tuple[int, ...] = ()) -> tuple[int, ...]:
        return self[version] if version in self.newest else default

    def _backwards(self, version: int) -> Iterator[int]:
        said = self.newest.get(version)
        while said is not None:
            yield said
            said = self.earlier.get(said)

    def depth(self, version: int) -> int:
        """0 of an entry that is about no other."""
        return self.depths.get(version, 0)

    def after(self, entry: Entry, entries: Mapping[int, Entry]) -> "Said":
        """With the entry in. What is said about an entry that is not there yet has no effect."""
        act, version = entry.act, entry.originator_version
        if not isinstance(act, AboutAct) or act.entry >= version:
            return self
        of, before = act.entry, self.newest.get(act.entry)
        holding, under, gone = self.holding, self.under, self.gone
        ruled = entry.ruled != "none"
        if isinstance(act, ActCorrected | ActRetracted) and ruled:
            under, holding = under.set(version, holding.get(of, 0)), holding.set(of, version)
        if isinstance(act, ActRetracted) and ruled:
            gone = gone.set(of, None)
            holding = _without(of, entries, holding, under, gone)
        return Said(
            self.newest.set(of, version),
            self.earlier if before is None else self.earlier.set(version, before),
            holding,
            under,
            gone,
            self._rewording(entry, entries, holding),
            self.depths.set(version, self.depths.get(of, 0) + 1),
            self._ended(act, entry, entries, holding) if ruled else self.ended,
        )

    def _ended(
        self, act: AboutAct, entry: Entry, entries: Mapping[int, Entry], holding: Map[int, int]
    ) -> Map[str, tuple[int, ...]]:
        if not isinstance(act, ActCorrected | ActRetracted) or act.ground != "wrong-organisation":
            return self.ended
        target = entries.get(act.entry)
        about = entries.get(target.act.entry) if target and isinstance(target.act, AboutAct) else target
        if about is None or not self._admitted(about, entries):
            return self.ended
        was, now = (brought_in(_held(about, entries, held)) for held in (self.holding, holding))
        if was is None or was == now:
            return self.ended
        return self.ended.set(was, (*self.ended.get(was, ()), entry.originator_version))

    def _admitted(self, entry: Entry, entries: Mapping[int, Entry]) -> bool:
        """Whether it opened something to somebody: to whom it did not, the case does not exist."""
        if entry.claim and not any(entries[version].confirms for version in self.get(entry.originator_version)):
            return False
        return entry.ruled not in ("none", "bare")

    def _rewording(self, entry: Entry, entries: Mapping[int, Entry], holding: Map[int, int]) -> Map[int, int]:
        """With the entries that an amendment makes say something else: its own, and what that had amended."""
        if holding is self.holding:
            return self.reworded
        act, reworded = entry.act, self.reworded
        of = act.entry if isinstance(act, AboutAct) else 0
        about = entries[of].act if of in entries else None
        also = about.entry if isinstance(about, AboutAct) else 0
        for each in (of, also):
            same = holding.get(each) == self.holding.get(each)
            if not same and not self.same_words(each, entry, entries):
                reworded = reworded.set(each, entry.originator_version)
        return reworded

    def same_words(self, of: int, amendment: Entry, entries: Mapping[int, Entry]) -> bool:
        """Whether a correction changes nothing. What is sealed cannot be compared, so it counts as another wording.

        To whom the words before are masked it is the same as to who sees the whole: it is ruled so.
        """
        if amendment.ruled == "same" and isinstance(amendment.act, ActCorrected) and amendment.act.entry == of:
            return True
        was, act = entries.get(self.holding.get(of, of)), amendment.act
        if was is None or not isinstance(act, ActCorrected) or act.entry != of or was.personal or amendment.personal:
            return False
        before = was.act.act if isinstance(was.act, ActCorrected) else was.act
        return before.model_dump() == act.act.model_dump()


def brought_in(act: Act | None) -> str | None:
    """The organisation that an act makes belong, asks or names as host."""
    match act:
        case MemberJoined(organisation=organisation):
            return organisation
        case ReferralSent(to=to) | HandoverProposed(to=to):
            return to
        case PlacementAgreed(host=host):
            return host
        case _:
            return None


def _held(entry: Entry | None, entries: Mapping[int, Entry], holding: Map[int, int]) -> Act | None:
    """The act that holds of an entry, by what amends it; None if it was taken back."""
    if entry is None or (amendment := holding.get(entry.originator_version)) is None:
        return entry.act if entry else None
    act = entries[amendment].act
    return act.act if isinstance(act, ActCorrected) else None


def _without(
    amendment: int, entries: Mapping[int, Entry], holding: Map[int, int], under: Map[int, int], gone: Map[int, None]
) -> Map[int, int]:
    """What holds of the entry that an amendment was about, now that this one was taken back."""
    if amendment not in under:
        return holding
    act = entries[amendment].act
    of = act.entry if isinstance(act, AboutAct) else 0
    holds = holding.get(of, 0)
    while holds in gone:
        holds = under.get(holds, 0)
    if holds:
        return holding.set(of, holds)
    return holding.delete(of) if of in holding else holding
