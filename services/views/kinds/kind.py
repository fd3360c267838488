"""What one kind of rows of a caseload is: a row for each reader, case and thing."""

from collections.abc import Callable, Iterable, Mapping, Sized
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from domain.case import Case
from domain.entry import Act, Entry
from services.views.board import Line

R = TypeVar("R", bound=tuple[Any, ...])
Items = Iterable[tuple[UUID, Any]]


@dataclass(frozen=True, slots=True)
class Kind(Generic[R]):
    """One list of a caseload. Its table has the name, and the columns of `row`: reader, record and id come first.

    `touched_by` are the acts after which all rows of a case are made anew; no other act may change one, but for a
    correction, or what moves the past of a reader. `held` is what the rows are made of: without it there are none.
    """

    name: str
    row: type[R]
    touched_by: tuple[type[Act], ...]
    held: Callable[[Line], Mapping[Any, Any] | Sized]
    rows: Callable[[Line], list[R]]
    """Of a case as its readers see it; which one reads is filled in where they are written."""
    indexed: tuple[str, ...] = ()
    """A column by which a long list is read in pages."""
    some: Callable[[Line, Items], list[R]] | None = None
    """The rows of a few of what is held, where a case may hold many: each is made of that one, and what is `beside`."""
    beside: Callable[[Line, Line], bool] = lambda _, __: False
    """Whether what the rows are made of beside what is held is the same in both."""


def teller(case: Case, version: int) -> Entry:
    """The entry that says what holds of an act: its correction, where there is one."""
    return case.amendment(version) or case.history.entries[version]
