"""Which entries of a case belong together, so that an amendment folds again only what it changes.

An entry belongs to every thread that it names: a placement, a meeting, a task, a project, a proposal, a sheet, a
referral. A few threads have names of their own: all that touches the last contact, the course, or who belongs.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final
from uuid import UUID

from domain.case.about import AboutAct, ActCorrected, ActRetracted
from domain.case.disturbing import CONTACTS, COURSE
from domain.case.meeting import MeetingHeld, ObligationWaived
from domain.case.path import Path
from domain.entry import Act, Entry
from domain.history import History

Key = UUID | str
Held = Callable[[int], tuple[Act, Entry] | None]
"""Version of an entry → the act that holds of it, and the entry; None if it was taken back."""

EVERY: Final = 64
"""Entries of a thread between two states of it that are kept."""

_NAMING: Final = ("referral", "placement", "placements", "meeting", "task", "project", "proposal", "sheet")
_NAMED: Final = (("contact", CONTACTS), ("course", COURSE), ("waived", (ObligationWaived,)))


class Threads:
    """An index of one case and of those that grow from it, brought up to a case when it is asked for.

    It only remembers: a case that has come about in another way is indexed anew.
    """

    __slots__ = ("_by", "_last", "_states", "_upto")

    def __init__(self, by: dict[Key, list[int]] | None = None, upto: int = 0) -> None:
        self._upto = upto
        self._last: Act | None = None
        self._by = {} if by is None else by
        self._states: dict[Key, list[Path]] = {}
        """After every so many entries of the thread, as it was folded last."""

    def of(self, history: History) -> "Threads":
        """Brought up to the entries, of which `history` has all or only those that somebody sees."""
        if len(history.entries) != history.version:
            return Threads().grown(history)
        if self._upto > history.version or (self._upto and history.entries[self._upto].act is not self._last):
            self.__init__()  # type: ignore[misc]
        return self.grown(history, amended=True)

    def lent(self, history: History) -> "Threads | None":
        """For a case as one reader sees it: of the same entries or fewer, whose threads come to something else.

        An entry that is not seen belongs to no thread there: it is not found. None where the index ends before it does.
        """
        return Threads(self._by, self._upto) if self._upto >= history.version else None

    def grown(self, history: History, *, amended: bool = False) -> "Threads":
        """With the entries that are new; `amended`: what they amend is not folded in the threads' states yet."""
        for version in range(self._upto + 1, history.version + 1):
            if (entry := history.entries.get(version)) is None:
                continue
            for key in keys(entry.act):
                self._by.setdefault(key, []).append(version)
            if isinstance(entry.act, ActCorrected):
                self._corrected(entry.act.entry, entry.act.act)
            if amended and isinstance(entry.act, ActCorrected | ActRetracted):
                self._states.clear()
        self._upto, self._last = history.version, history.entries[history.version].act if history.version else None
        return self

    def _corrected(self, version: int, act: Act) -> None:
        """A corrected entry belongs also to what its correction names."""
        for key in keys(act):
            versions = self._by.setdefault(key, [])
            at = bisect_left(versions, version)
            if at == len(versions) or versions[at] != version:
                insort(versions, version)
                del self._states.get(key, [])[at // EVERY :]

    def versions(self, key: Key) -> list[int]:
        return self._by.get(key, [])

    def before(self, key: Key, version: int, held: Held) -> Path:
        """The thread as its entries before the version have made it."""
        return self._folded(key, bisect_left(self.versions(key), version), held)

    def _folded(self, key: Key, upto: int, held: Held) -> Path:
        versions, states = self.versions(key), self._states.setdefault(key, [])
        known = min(len(states), upto // EVERY)
        path = states[known - 1] if known else Path()
        for at in range(known * EVERY, upto):
            if found := held(versions[at]):
                path = path.after(*found)
            if (at + 1) % EVERY == 0:
                states.append(path)
        return path

    def amended(self, key: Key, version: int, held: Held) -> Path | None:
        """The thread folded with what holds now of an entry; None if it comes to what it was before."""
        versions, states = self.versions(key), self._states.setdefault(key, [])
        first = bisect_left(versions, version)
        known = min(len(states), first // EVERY)
        path = states[known - 1] if known else Path()
        for at in range(known * EVERY, len(versions)):
            if found := held(versions[at]):
                path = path.after(*found)
            if (at + 1) % EVERY == 0:
                number = at // EVERY
                if number == len(states):
                    states.append(path)
                elif at >= first and states[number] == path:
                    return None
                else:
                    states[number] = path
        return path

    def forget(self) -> None:
        """Forget every state: something was amended that no thread tells of."""
        self._states.clear()


def keys(act: Act) -> Iterator[Key]:
    named, many, name = _fields(type(act))
    if name:
        yield name
    for field in named:
        if isinstance(value := getattr(act, field), UUID):
            yield value
    if many:
        for field in many:
            yield from dict.fromkeys(getattr(act, field))
        if isinstance(act, MeetingHeld):
            yield from dict.fromkeys(each.task for each in act.tasks)


@cache
def _fields(act: type[Act]) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    if issubclass(act, AboutAct):
        return (), (), ""
    known: Any = act.model_fields
    name = next((name for name, types in _NAMED if issubclass(act, types)), "")
    one = tuple(n for n in _NAMING if n in known and n != "placements")
    return one, ("placements",) if "placements" in known else (), name
