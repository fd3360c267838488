"""Who sees what of a case: the one policy for views, feed, queries, replay and exports.

Pure: from the case as it stands at a position, an entry of it and the organisation that reads.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Literal, TypeGuard
from uuid import UUID

from domain.case import Case
from domain.case.about import AboutAct, ActCorrected, ActRetracted
from domain.case.team import Past, Stay
from domain.entry import Entry, Thread
from domain.facts import dataclass


@dataclass(frozen=True, slots=True)
class Standing:
    """What an organisation is to the case now, and from which entry on."""

    role: Literal["responsible", "member", "thread", "asked"]
    joined: int = 0
    past: Past = "all"
    past_since: date | None = None
    threads: frozenset[Thread] = frozenset()


@dataclass(frozen=True, slots=True)
class Sight:
    """How an entry appears: with these categories to open, or masked (that it is there, not what it says)."""

    categories: frozenset[str] = frozenset()
    masked: bool = False


def standing(case: Case, organisation: str) -> Standing | None:
    team, referrals = case.path.team, case.path.referrals
    if team.responsible == organisation:
        return _responsible(case, organisation)
    if stay := team.membership(organisation):
        return _within("member", stay, case, organisation)
    taken = threads_opened(case, referrals.taken_in_thread(organisation))
    hosted = case.path.placements.hosted_in_thread(organisation)
    asked = threads_opened(case, referrals.asked(organisation))
    handovers = frozenset(("handover", id_) for id_ in team.asked_for_handover(organisation))
    if taken or hosted:
        return Standing("thread", threads=taken | asked | handovers | {("placement", id_) for id_ in hosted})
    if threads := asked | handovers:
        return Standing("asked", threads=threads)
    return None


def _responsible(case: Case, organisation: str) -> Standing:
    """One that adopted the case sees no more of the past than before, until the office confirms it."""
    stay = case.path.team.responsible_stay
    if stay is None or stay.past == "all":
        return Standing("responsible")
    return _within("responsible", stay, case, organisation)


def _within(role: Literal["responsible", "member"], stay: Stay, case: Case, organisation: str) -> Standing:
    """Whoever sees the whole past needs no thread to see any of it."""
    threads = frozenset[Thread]() if stay.past == "all" else threads_opened(case, case.path.referrals.of(organisation))
    return Standing(role, stay.joined, stay.past, stay.past_since, threads)


def threads_opened(case: Case, referrals: frozenset[UUID]) -> frozenset[Thread]:
    """A referral shows the presentation sheet that it names, once its sender has filed it."""
    known, filed = case.path.referrals.by_id, case.path.assessments.filed
    threads: set[Thread] = {("referral", id_) for id_ in referrals}
    for id_ in referrals:
        referral = known[id_]
        if referral.sheet and (sheet := filed.get(referral.sheet)):
            whose, account, version = sheet
            if version < referral.sent or whose == referral.sender or account == referral.sent_by:
                threads.add(("sheet", referral.sheet))
    return frozenset(threads)


def sight(case: Case, entry: Entry, reader: str) -> Sight | None:
    """How the reader sees the entry; None is hidden."""
    return sight_as(standing(case, reader), case, entry, reader)


def sight_as(stands: Standing | None, case: Case, entry: Entry, reader: str) -> Sight | None:
    """The same, where its standing is known."""
    if entry.organisation != reader and not _admits(case, entry, reader, stands):
        return _last(case, entry, reader)
    return _shown(case, entry)


def _last(case: Case, entry: Entry, reader: str) -> Sight | None:
    """Whoever was brought in by mistake sees that this has ended; not who was meant, whom the correction names."""
    if entry.originator_version not in case.about.ended.get(reader, ()):
        return None
    return Sight(masked=True) if isinstance(entry.act, ActCorrected) else _shown(case, entry)


def _shown(case: Case, entry: Entry) -> Sight:
    version = entry.originator_version
    amendment = case.amendment(version) if version in case.about else None  # there is seldom anything said about one
    if amendment and _ground(amendment) not in _READABLE:
        return Sight(masked=True)
    return Sight(entry.categories)


def _admits(case: Case, entry: Entry, reader: str, stands: Standing | None) -> bool:
    """What is said about an entry is seen by whoever sees that entry, and by nobody else."""
    if stands is None:
        return False
    while isinstance(act := entry.act, AboutAct):
        if not _says_openly(stands, entry, reader):
            return False
        target = case.history.entries.get(act.entry)
        if target is None or target.originator_version >= entry.originator_version:
            return False  # the door takes no such act; looking for its target would go in circles
        if target.organisation == reader:
            return True
        entry = target
    return entry.told_to(reader) and _opens(stands, entry)


def _says_openly(stands: Standing, entry: Entry, reader: str) -> bool:
    """Whether what is said about another entry is open to whoever sees that one."""
    if not entry.told_to(reader):
        return False
    return stands.role in ("asked", "thread") or _opens(stands, entry)


def _opens(stands: Standing, entry: Entry) -> bool:
    """Whether the standing opens the entry, whatever it is about."""
    if stands.role in _WITHIN and (stands.past == "all" or entry.originator_version >= stands.joined):
        return True
    return not stands.threads.isdisjoint(entry.act.threads) or (stands.role in _WITHIN and _since(stands, entry))


_WITHIN = ("responsible", "member")


def _since(stands: Standing, entry: Entry) -> bool:
    # A day that stands beside another word than `since` opens nothing.
    since = stands.past_since if stands.past == "since" else None
    return since is not None and entry.occurred.latest.date() >= since


_READABLE = frozenset({"mistake", "wrong-organisation"})
"""What leaves the first version readable to those who see it."""


def _ground(amendment: Entry) -> str:
    match amendment.act:
        case ActCorrected(ground=ground) | ActRetracted(ground=ground):
            return ground
        case _:
            return "mistake"


Standings = Mapping[str, Standing | None]
"""Of each reader, in the order of their ids; None for one that sees what it wrote, or that its sight has ended."""


def readers(case: Case) -> frozenset[str]:
    """Whoever sees anything of the case: who stands to it now, and who wrote in it."""
    return frozenset(standings(case))


def standings(case: Case) -> Standings:
    team, referrals = case.path.team, case.path.referrals
    candidates = {team.responsible, *team.memberships, *(h.to for h in team.handovers.values())}
    candidates |= {r.receiver for r in referrals.by_id.values()}
    candidates |= {p.host for p in case.path.placements.by_id.values() if p.in_thread}
    found = {o: stands for o in candidates if o and (stands := standing(case, o))}
    readers = dict.fromkeys(case.history.authors) | dict.fromkeys(case.about.ended) | found
    return {reader: readers[reader] for reader in sorted(readers)}


def standings_after(was: Standings, before: Case, after: Case, entered: Entry) -> Standings:
    """With one more entry; the very same if it moved none."""
    return was if entered.organisation in was and _still(before, after) else standings(after)


def _still(before: Case, after: Case) -> bool:
    """Whether nobody can stand otherwise to the case than before, but for who has written in it for the first time."""
    was, now = before.path, after.path
    if was.team is not now.team or was.referrals is not now.referrals:
        return False
    if was.assessments.filed is not now.assessments.filed:
        return False
    return was.placements is now.placements or _hosted(before) == _hosted(after)


def _hosted(case: Case) -> frozenset[tuple[UUID, str | None]]:
    return frozenset((i, p.host) for i, p in case.path.placements.by_id.items() if p.in_thread)


def unsettled(was: Standings, now: Standings) -> frozenset[str]:
    """The readers whose past an entry may move, for they stand otherwise to the case than before."""
    if now is was:
        return frozenset()
    return frozenset(reader for reader in now.keys() | was.keys() if now.get(reader) != was.get(reader))


Moved = list[tuple[Standing | None, Standing | None]]
"""What readers were to a case and are now, those whom its last entry made another to it."""


def past_opened(before: Case, after: Case, movers: Moved | None = None) -> int:
    """How many earlier entries the last one has opened, counted for each reader: so many are told anew.

    For one that stays, those that are hidden from it again count too: else to open them the next time were free.
    """
    movers = moved(before, after) if movers is None else movers
    return sum(_past_moved(before, was, now) + _threads_moved(after, was, now) for was, now in movers)


def moved(before: Case, after: Case) -> Moved:
    if _still(before, after):
        return []
    was, now = standings(before), standings(after)
    return [(was.get(reader), now.get(reader)) for reader in unsettled(was, now)]


def _threads_moved(case: Case, had: Standing | None, has: Standing | None) -> int:
    """The earlier entries of the threads that are new to it; whoever sees the whole past has them already."""
    if has is None or (_is_within(has) and has.past == "all"):
        return 0
    new = has.threads - (had.threads if had else frozenset())
    if not new:
        return 0
    threads = case.threads.of(case.history)
    return sum(version < case.version for _, id_ in new for version in threads.versions(id_))


def _past_moved(case: Case, had: Standing | None, has: Standing | None) -> int:
    if not _is_within(has) or (_is_within(had) and _past(had) == _past(has)):
        return 0
    if not _is_within(had) and has.past == "all":
        return case.version
    return sum(_in_past(had, entry) != _in_past(has, entry) for entry in case.history.entries.values())


def _is_within(stands: Standing | None) -> TypeGuard[Standing]:
    return stands is not None and stands.role in _WITHIN


def _past(stands: Standing) -> tuple[object, ...]:
    return ("all",) if stands.past == "all" else (stands.past, stands.past_since, stands.joined)


def _in_past(stands: Standing | None, entry: Entry) -> bool:
    """Whether it is open to one within the case, whatever threads it stands in."""
    if not _is_within(stands):
        return False
    return stands.past == "all" or entry.originator_version >= stands.joined or _since(stands, entry)


def touched(before: Case, entered: Entry) -> list[Entry]:
    """The earlier entries that an amendment may mask or show again: what it is about, and what that was about."""
    found: list[Entry] = []
    act = entered.act if amends(entered) else None
    while isinstance(act, AboutAct) and len(found) < _TWO and (about := before.history.entries.get(act.entry)):
        if found and about.originator_version >= found[-1].originator_version:
            break  # what is said about an entry that is not there yet has no effect
        found.append(about)
        act = about.act
    return found[::-1]


def amends(entry: Entry) -> bool:
    """Whether an earlier entry holds otherwise from here on."""
    return isinstance(entry.act, _AMENDING)


_AMENDING = (ActCorrected, ActRetracted)
_TWO = 2
"""A retraction reaches the correction that it takes back, and what that had corrected."""


def admits(case: Case, newest: Entry, reader: str, stands: Standing | None) -> bool:
    """Whether the reader sees the last entry of a case. It is masked to nobody, for nothing was said about it yet."""
    return newest.organisation == reader or _admits(case, newest, reader, stands)


def admitted(case: Case, newest: Entry, standings: Standings) -> Iterator[str]:
    """Each reader that sees the last entry of a case."""
    author = newest.organisation
    return (r for r, stands in standings.items() if r == author or _admits(case, newest, r, stands))


def newly(case: Case, newest: Entry, reader: str, stands: Standing | None) -> Sight | None:
    """How a reader sees the last entry of a case, also if that ends its sight."""
    if admits(case, newest, reader, stands):
        return Sight(newest.categories)
    return _last(case, newest, reader)


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
    moving = unsettled(was, now)
    amended = touched(before, entered)
    for reader in sorted(now.keys() | was.keys()):
        if reader in moving:
            yield from changes_of(reader, before, was.get(reader), after, now.get(reader))
            continue
        yield from changes_in(amended, reader, before, after, now[reader])
        if how := newly(after, entered, reader, now[reader]):
            yield Change(reader, entered, how)


def changes_in(
    entries: Iterable[Entry], reader: str, before: Case, after: Case, stands: Standing | None
) -> Iterator[Change]:
    """What is new in these entries to a reader who stands to the case as before."""
    for entry in entries:
        before_it, after_it = (sight_as(stands, case, entry, reader) for case in (before, after))
        if before_it != after_it:
            yield Change(reader, entry, after_it)


def changes_of(reader: str, before: Case, had: Standing | None, after: Case, has: Standing | None) -> Iterator[Change]:
    """What is new to a reader wherever its past may have moved."""
    saw, sees, ended = Sights(before, had, reader), Sights(after, has, reader), after.about.ended.get(reader, ())
    for version in range(1, after.version + 1):
        entry, new = after.history.entries[version], version == after.version
        saw_it, sees_it = not new and saw.admits(entry), sees.admits(entry)
        if saw_it == sees_it and version not in ended and not (sees_it and version in after.about):
            continue
        before_it, after_it = None if new else saw.sight(entry, saw_it), sees.sight(entry, sees_it)
        if before_it != after_it:
            yield Change(reader, entry, after_it)


class Sights:
    """How one reader sees the entries of a case, asked for in their order: long chains of words are walked once."""

    def __init__(self, case: Case, stands: Standing | None, reader: str) -> None:
        self._case, self._stands, self._reader = case, stands, reader
        self._admitted: dict[int, bool] = {}

    def of(self, entry: Entry) -> Sight | None:
        return self.sight(entry, self.admits(entry))

    def sight(self, entry: Entry, admitted: bool) -> Sight | None:
        return _shown(self._case, entry) if admitted else _last(self._case, entry, self._reader)

    def admits(self, entry: Entry) -> bool:
        return entry.organisation == self._reader or self._admits(entry)

    def _admits(self, entry: Entry) -> bool:
        act, stands = entry.act, self._stands
        if stands is None or not isinstance(act, AboutAct):
            return _admits(self._case, entry, self._reader, stands)
        version = entry.originator_version
        admitted = self._admitted[version] = (
            _says_openly(stands, entry, self._reader)
            and (target := self._case.history.entries.get(act.entry)) is not None
            and target.originator_version < version
            and (target.organisation == self._reader or self._known(target))
        )
        return admitted

    def _known(self, entry: Entry) -> bool:
        known = self._admitted.get(entry.originator_version)
        return _admits(self._case, entry, self._reader, self._stands) if known is None else known
