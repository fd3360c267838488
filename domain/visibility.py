"""Who sees what of a case: the one policy for views, feed, queries, replay and exports.

Pure: from the case as it stands at a position, an entry of it and the organisation that reads.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Literal
from uuid import UUID

from domain.case import Case
from domain.case.about import AboutAct, ActCorrected, ActRetracted
from domain.case.team import Past
from domain.entry import Entry
from domain.facts import dataclass


@dataclass(frozen=True, slots=True)
class Standing:
    """What an organisation is to the case now, and from which entry on."""

    role: Literal["responsible", "member", "asked"]
    joined: int = 0
    past: Past = "all"
    past_since: date | None = None
    threads: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Sight:
    """How an entry appears: with these categories to open, or masked (that it is there, not what it says)."""

    categories: frozenset[str] = frozenset()
    masked: bool = False


def standing(case: Case, organisation: str) -> Standing | None:
    team, referrals = case.path.team, case.path.referrals
    if team.responsible == organisation:
        return Standing("responsible")
    if stay := team.membership(organisation):
        return Standing("member", stay.joined, stay.past, stay.past_since, _threads(case, referrals.of(organisation)))
    if threads := referrals.asked(organisation) | team.asked_for_handover(organisation):
        return Standing("asked", threads=_threads(case, threads))
    return None


def _threads(case: Case, referrals: frozenset[UUID]) -> frozenset[UUID]:
    """A referral shows the presentation sheet that it names."""
    known = case.path.referrals.by_id
    return referrals | {sheet for i in referrals if i in known and (sheet := known[i].sheet)}


def sight(case: Case, entry: Entry, reader: str) -> Sight | None:
    """How the reader sees the entry; None is hidden."""
    return sight_as(standing(case, reader), case, entry, reader)


def sight_as(stands: Standing | None, case: Case, entry: Entry, reader: str) -> Sight | None:
    """The same, where its standing is known."""
    if entry.organisation != reader and not _admits(case, entry, reader, stands):
        return None
    version = entry.originator_version
    amendment = case.amendment(version) if version in case.about else None  # there is seldom anything said about one
    if amendment and _ground(amendment) != "mistake":
        return Sight(masked=True)  # only a mistake leaves the first version readable
    return Sight(entry.categories)


def _admits(case: Case, entry: Entry, reader: str, stands: Standing | None) -> bool:
    if stands is None or (entry.only_for is not None and reader not in entry.only_for):
        return False
    if isinstance(entry.act, AboutAct):
        # What is said about an entry is seen by whoever sees that entry, and by nobody else.
        target = case.history.entries.get(entry.act.entry)
        if target is None or target.originator_version >= entry.originator_version:
            return False  # the door takes no such act; looking for its target would go in circles
        if target.organisation != reader and not _admits(case, target, reader, stands):
            return False
        if stands.role == "asked":
            return True
    match stands:
        case Standing(role="responsible"):
            return True
        case Standing(role="member"):
            return (
                entry.originator_version >= stands.joined
                or stands.past == "all"
                or entry.act.thread in stands.threads
                or _since(stands, entry)
            )
        case _:
            return entry.act.thread in stands.threads


def _since(stands: Standing, entry: Entry) -> bool:
    # A day that stands beside another word than `since` opens nothing.
    since = stands.past_since if stands.past == "since" else None
    return since is not None and entry.occurred.latest.date() >= since


def _ground(amendment: Entry) -> str:
    match amendment.act:
        case ActCorrected(ground=ground) | ActRetracted(ground=ground):
            return ground
        case _:
            return "mistake"


Standings = Mapping[str, Standing | None]
"""Of each reader, in the order of their ids; None for one that sees what it wrote and nothing else."""


def readers(case: Case) -> frozenset[str]:
    """Whoever sees anything of the case: who stands to it now, and who wrote in it."""
    return frozenset(standings(case))


def standings(case: Case) -> Standings:
    team, referrals = case.path.team, case.path.referrals
    candidates = {team.responsible, *team.memberships, *(h.to for h in team.handovers.values())}
    candidates |= {r.receiver for r in referrals.by_id.values()}
    found = {o: stands for o in candidates if o and (stands := standing(case, o))}
    readers = dict.fromkeys(case.history.authors) | found
    return {reader: readers[reader] for reader in sorted(readers)}


def standings_after(was: Standings, before: Case, after: Case, entered: Entry) -> Standings:
    """With one more entry; the very same, where it moved none: they are made of team, referrals and authors alone."""
    still = before.path.team is after.path.team and before.path.referrals is after.path.referrals
    return was if still and entered.organisation in was else standings(after)


def unsettled(was: Standings, now: Standings, entered: Entry) -> frozenset[str]:
    """The readers whose past an entry may move; to the others nothing is new but the entry itself."""
    if amends(entered):
        return frozenset(now.keys() | was.keys())
    if now is was:
        return frozenset()
    return frozenset(reader for reader in now.keys() | was.keys() if now.get(reader) != was.get(reader))


def amends(entry: Entry) -> bool:
    """Whether what holds is folded again from the start."""
    return isinstance(entry.act, _AMENDING)


_AMENDING = (ActCorrected, ActRetracted)


def admits(case: Case, newest: Entry, reader: str, stands: Standing | None) -> bool:
    """Whether the reader sees the last entry of a case. It is masked to nobody, for nothing was said about it yet."""
    return newest.organisation == reader or _admits(case, newest, reader, stands)


@dataclass(frozen=True, slots=True)
class Change:
    """That a reader now sees an entry so, or (None) no longer sees it."""

    reader: str
    entry: Entry
    sight: Sight | None


def changes(before: Case, after: Case, entered: Entry) -> Iterator[Change]:
    """What one entry changes in what anybody sees, in the order of readers and versions.

    An admission opens the past in the same step, and an end closes it, so that both can be stored with the entry.
    """
    # A case has few readers and many entries, so each one's standing is asked once.
    was = standings(before)
    now = standings_after(was, before, after, entered)
    moving = unsettled(was, now, entered)
    clear = Sight(entered.categories)
    for reader in sorted(now.keys() | was.keys()):
        if reader in moving:
            yield from changes_of(reader, before, was.get(reader), after, now.get(reader))
        elif admits(after, entered, reader, now[reader]):
            yield Change(reader, entered, clear)


def changes_of(reader: str, before: Case, had: Standing | None, after: Case, has: Standing | None) -> Iterator[Change]:
    """The same of one reader, by its standings, wherever its past may have moved."""
    for version in range(1, after.version + 1):
        entry = after.history.entries[version]
        before_it = sight_as(had, before, entry, reader) if version < after.version else None
        after_it = sight_as(has, after, entry, reader)
        if before_it != after_it:
            yield Change(reader, entry, after_it)
