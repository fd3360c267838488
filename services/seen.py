"""The entries of a case as one reader sees them, and the case as they make it for that reader."""

from collections.abc import Iterable, Iterator
from typing import ClassVar

from domain.access.audience import audience
from domain.access.cases import is_named
from domain.agreement import Agreement
from domain.case import Case, replay
from domain.entry import Act, Effect, Entry
from domain.facts import dataclass, replace
from domain.visibility import Sights, Standing, sight_as, standing


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

        Who and when stay for the fold alone: a correction of the entry holds with them. It confirms nothing any more.
        """
        return replace(self.entry, act=MASKED, personal=(), confirms=False) if self.masked else self.entry


def sees_all(case: Case, reader: str) -> bool:
    """True if nothing is hidden from the reader, or masked."""
    return sees_all_before(case.version + 1, case, reader)


def seen_by(case: Case, reader: str) -> Iterator[Seen]:
    sights = Sights(case, standing(case, reader), reader)
    for version in range(1, case.version + 1):
        entry = case.history.entries.get(version)
        if entry and is_named(entry, reader) and (how := sights.of(entry)):
            yield Seen(entry, how.categories, how.masked)


def case_of(id_: str, seen: Iterable[Seen], whole: Case | None = None) -> Case:
    """The case as far as the reader sees it: corrections it sees are in place, what is masked changes nothing.

    `whole` lends what it knows of its threads, where there is one at hand.
    """
    empty = Case(id_, partial=True)
    return replay((s.shown for s in seen), onto=replace(empty, threads=whole.threads) if whole else empty)


def masking(case: Case, versions: Iterable[int]) -> Case:
    """The case of a reader to whom entries are masked of which nothing holds any more."""
    entries = case.history.entries
    for version in versions:
        entries = entries.set(version, Seen(entries[version], masked=True).shown)
    return replace(case, history=replace(case.history, entries=entries))


def sees_all_before(version: int, on: Case | Agreement, reader: str) -> bool:
    """True if nothing that was entered before is hidden from the reader, or masked."""
    entries = on.history.entries
    if isinstance(on, Agreement):
        return all(reader in audience(entries[each], state=on) for each in range(1, version))
    stands = standing(on, reader)
    if stands is None or stands.role not in ("responsible", "member") or stands.past != "all":
        return all(_plainly(on, stands, each, reader) for each in range(1, version))
    # Of a long case nearly all entries are for everybody: only the others, and those about which more was said, count.
    few = [each for each, e in entries.items() if e.only_for is not None or each in on.about or not is_named(e, reader)]
    return all(_plainly(on, stands, each, reader) for each in few if each < version)


def _plainly(case: Case, stands: Standing | None, version: int, reader: str) -> bool:
    entry = case.history.entries[version]
    sight = sight_as(stands, case, entry, reader) if is_named(entry, reader) else None
    return sight is not None and not sight.masked
