"""The entries of a case as one reader sees them, and the case as they make it for that reader."""

from collections.abc import Iterable, Iterator
from typing import ClassVar

from domain.agreement import Agreement
from domain.case import Case, replay
from domain.entry import Act, Effect, Entry
from domain.facts import dataclass, replace
from domain.visibility import sight_as, standing


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
        """Who and when stay; what it says is gone before anything folds or writes it."""
        return replace(self.entry, act=MASKED, personal=()) if self.masked else self.entry


def seen_by(case: Case, reader: str) -> Iterator[Seen]:
    stands = standing(case, reader)
    for version in range(1, case.version + 1):
        if (entry := case.history.entries.get(version)) and (how := sight_as(stands, case, entry, reader)):
            yield Seen(entry, how.categories, how.masked)


def case_of(id_: str, seen: Iterable[Seen]) -> Case:
    """The case as far as the reader sees it: corrections it sees are in place, what is masked changes nothing."""
    return replay((s.shown for s in seen), onto=Case(id_, partial=True))


def sees_all_before(version: int, on: Case | Agreement, reader: str) -> bool:
    """True if nothing that was entered before is hidden from the reader, or masked."""
    entries = (on.history.entries.get(each) for each in range(1, version))
    if isinstance(on, Agreement):
        return all(entry is not None and on.sees(entry, reader) for entry in entries)
    stands = standing(on, reader)
    sights = (sight_as(stands, on, entry, reader) if entry else None for entry in entries)
    return all(sight is not None and not sight.masked for sight in sights)
