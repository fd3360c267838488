"""The meetings of a caseload, as far as they have or had a day."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple
from uuid import UUID

from domain.case.about import ActAttested
from domain.case.meeting import MeetingAct
from domain.case.meetings import Meeting
from domain.entry import Entry
from services.timetext import instant
from services.views.board import Line
from services.views.kinds.kind import Kind, teller


class MeetingRow(NamedTuple):
    """`day` is that on which it was held, else that for which it is convened; `starts_at` is of the convening.

    `recorded` is when what holds of it was recorded, by the entry at `position`; `told` its version on the record.
    """

    organisation: str
    record: str
    meeting: str
    meeting_kind: str
    state: str
    day: str
    starts_at: str | None
    organisations: str
    told: int
    recorded: str
    position: int


def rows_of(
    record: str, meetings: Iterable[tuple[UUID, Meeting]], told_by: Callable[[int], Entry]
) -> Iterator[MeetingRow]:
    """`told_by` gives the entry that says what holds, by the version of the one that said it first."""
    for id_, meeting in meetings:
        day = meeting.held.time.date() if meeting.held else meeting.day
        if day is None:
            continue
        entry = told_by(meeting.told)
        yield MeetingRow(
            organisation="",
            record=record,
            meeting=str(id_),
            meeting_kind=meeting.meeting_kind,
            state=meeting.state,
            day=day.isoformat(),
            starts_at=instant(meeting.starts_at) if meeting.starts_at else None,
            organisations=" ".join(sorted(meeting.organisations)),
            told=meeting.told,
            recorded=instant(entry.recorded_at),
            position=entry.position,
        )


def _rows(line: Line) -> list[MeetingRow]:
    return _some(line, line.case.path.meetings.by_id.items())


def _some(line: Line, meetings: Iterable[tuple[UUID, Meeting]]) -> list[MeetingRow]:
    case = line.case
    return list(rows_of(case.id, meetings, lambda version: teller(case, version)))


MEETINGS = Kind(
    "meeting",
    MeetingRow,
    touched_by=(MeetingAct, ActAttested),
    held=lambda line: line.case.path.meetings.by_id,
    rows=_rows,
    some=_some,
    beside=lambda was, now: was.case.about.holding == now.case.about.holding,
)
