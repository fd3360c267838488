"""The entries of a case as one reader sees them, and the case as they make it for that reader."""

from collections.abc import Iterable, Iterator
from typing import ClassVar

from domain.access.cases import is_named
from domain.case import Case, replay
from domain.entry import Act, Effect, Entry
from domain.facts import dataclass, replace
from domain.visibility import Sights, standing


class Masked(Act):
    """Stands where an act is that the reader may know of, but not read."""

    effect: ClassVar[Effect] = "statement"
    type: str = "masked"


MASKED = Masked()


@dataclass(frozen=True, slots=True)
class Seen:
    """An entry the reader may see, with the categories that may be opened for it."""

    entry: Entry
    categories: frozenset[str] = frozenset()
    masked: bool = False

    @property
    def shown(self) -> Entry:
        """The entry as the fold takes it: if masked, without what it says.

        Who and when stay for the fold alone: a correction of the entry holds with them.
        """
        return replace(self.entry, act=MASKED, personal=()) if self.masked else self.entry


def seen_by(case: Case, reader: str) -> Iterator[Seen]:
    sights = Sights(case, standing(case, reader), reader)
    for version in range(1, case.version + 1):
        entry = case.history.entries.get(version)
        if entry and is_named(entry, reader) and (how := sights.of(entry)):
            yield Seen(entry, how.categories, how.masked)


def case_of(id_: str, seen: Iterable[Seen]) -> Case:
    """The case as far as the reader sees it: corrections it sees are in place, what is masked changes nothing."""
    return replay((s.shown for s in seen), onto=Case(id_, partial=True))
