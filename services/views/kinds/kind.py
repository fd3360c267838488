"""What one kind of rows of a caseload is: a row for each reader, case and thing."""

from collections.abc import Callable, Sized
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from domain.case import Case
from domain.entry import Act, Entry
from services.views.board import Line

R = TypeVar("R", bound=tuple[Any, ...])


@dataclass(frozen=True, slots=True)
class Kind(Generic[R]):
    """One list of a caseload. Its table has the name, and the columns of `row`: reader, record and id come first.

    `touched_by` are the acts after which all rows of a case are made anew; no other act may change one, but for a
    correction, or what moves the past of a reader. `held` is what the rows are made of: without it there are none.
    """

    name: str
    row: type[R]
    touched_by: tuple[type[Act], ...]
    held: Callable[[Line], Sized]
    rows: Callable[[Line], list[R]]
    """Of a case as its readers see it; which one reads is filled in where they are written."""
    indexed: tuple[str, ...] = ()
    """A column by which a long list is read in pages."""


def teller(case: Case, version: int) -> Entry:
    """The entry that says what holds of an act: its correction, where there is one."""
    return case.amendment(version) or case.history.entries[version]
