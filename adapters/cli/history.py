"""`raccordo replay`: the history again, for evaluators."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import typer

from adapters.cli.app import REFUSED, UNREACHABLE, WRONG_USE, app, fail, record_on
from adapters.cli.history_options import AsLines, Clock, DueAsOf, ForReader, OnClock, Until, UntilDate, WhatIsDue
from adapters.cli.options import Data, OfCase
from adapters.cli.screen import bar, err, is_terminal, nobody_reads, write, write_json, write_line

if TYPE_CHECKING:
    from datetime import date

    from adapters.upkeep.history import RecordHistory
    from services.replay import Asked, History, Totals


class Told(Protocol):
    def __call__(self, done: int, of: int) -> None: ...


@app.command()
def replay(
    until: Until = None,
    until_date: UntilDate = None,
    clock: OnClock = Clock.recorded,
    case: OfCase = None,
    reader: ForReader = None,
    due: WhatIsDue = False,
    as_of: DueAsOf = None,
    as_json: AsLines = False,
    data: Data = Path("data"),
) -> None:
    """Show what was recorded, in order: who did what and when. Nothing personal is opened.

    With `--as` it is what that organisation could read at the end of the replay: at that position, or at that time.

    Examples:
        raccordo replay --until 500 --case 018f0000-0000-7000-8000-000000000001

        raccordo replay --until-date 2026-03-31 --as ocooperativea --json > march.ndjson

        raccordo replay --until-date 2026-03-31T18:00:00+02:00 --clock occurred

        raccordo replay --until 500 --case 018f0000-0000-7000-8000-000000000001 --due --as-of 2026-06-30

    """
    from services.replay import Asked

    asked = Asked(
        until=until,
        until_time=_moment(until_date),
        clock=clock.value,
        case=_case(case),
        reader=reader,
    )
    if (due or as_of) and not (due and asked.case):
        fail("--due is asked of one case, and --as-of goes with --due: name it with --case", WRONG_USE)
    day = _day(as_of)
    with _reading(data) as history:
        if reader and not history.entries_up_to(f"organisation/{reader}", history.position()):
            fail(f"No organisation {reader} is on the record. See: raccordo org list", REFUSED)
        if asked.case and not history.entries_up_to(asked.case, history.position()):
            fail(f"No case {case} is on the record. `raccordo board` shows the ids of cases.", REFUSED)
        if due:
            _say_due(history, asked, day, as_json)
        else:
            _say_lines(history, asked, as_json)


@contextmanager
def _reading(data: Path) -> "Iterator[RecordHistory]":
    """The record of the running service; what keeps it from being read is said in a sentence."""
    from eventsourcing.persistence import PersistenceError

    from adapters.mapper import UnreadableEntryError
    from adapters.nats.identity import Installation
    from adapters.upkeep.history import open_history

    server = record_on(data)
    try:
        with open_history(Installation.open(data), server) as history:
            yield history
    except UnreadableEntryError as error:
        fail(f"The replay ends here: {error}. It was perhaps written by a newer version.", REFUSED)
    except PersistenceError as error:
        fail(f"The record cannot be read: {error}", UNREACHABLE)
    except BrokenPipeError:  # whoever read our lines has enough
        nobody_reads()
        raise typer.Exit(0) from None


@contextmanager
def progress(what: str) -> Iterator[Told]:
    """A bar on a terminal while the work is long; nothing where nobody looks, and none among lines that one reads."""
    with bar(what, shown_=what != "replaying" or not is_terminal()) as moved:
        yield moved


def _moment(until_date: str | None) -> datetime | None:
    from adapters.cli.until import NoTimeError, end_of

    try:
        return end_of(until_date) if until_date is not None else None
    except NoTimeError as error:
        fail(f"--until-date: {error}", WRONG_USE)


def _day(text: str | None) -> "date | None":
    from datetime import date

    try:
        return date.fromisoformat(text) if text is not None else None
    except ValueError:
        fail(f"--as-of: {text} is not a day such as 2026-06-30", WRONG_USE)


def _say_lines(history: "RecordHistory", asked: "Asked", as_json: bool) -> None:
    from adapters.cli.lines import json_line, row
    from adapters.upkeep.stretches import Several, told
    from services.replay import Totals

    totals = Totals()
    with (
        progress("replaying") as so_far,
        closing(told(history, asked, json_line if as_json else row, totals, so_far, Several())) as texts,
    ):
        for text in texts:
            write(text)
    if not as_json:
        _say_totals(totals)


def _say_due(history: "History", asked: "Asked", day: "date | None", as_json: bool) -> None:
    from pydantic_core import to_jsonable_python

    from adapters.cli.standing import stands
    from services.obligations import due_shown
    from services.replay import due

    day, found = due(history, asked, day)
    for each in found:
        rule = f"{each.rule} (edition {each.edition})"
        if as_json:
            write_json(to_jsonable_python(due_shown(each)))
        else:
            state = stands(due_shown(each))
            write_line(f"{each.due}  {state:<24}  {rule:<36}  {each.id}")
    err.say(f"as of {day}: {len(found)} obligations")


def _case(id_: str | None) -> str | None:
    from domain.refusal import Malformed
    from domain.submission import record_id

    try:
        return record_id("case", id_.removeprefix("case/")) if id_ is not None else None
    except Malformed:
        fail(f"--case: {id_} is not the id of a case, such as 018f0000-0000-7000-8000-000000000001", WRONG_USE)


def _say_totals(totals: "Totals") -> None:
    err.say(f"up to position {totals.position}: {totals.entries} entries, {totals.cases} cases")
    for type_, count in sorted(totals.by_type.items(), key=lambda item: (-item[1], item[0])):
        err.say(f"{count:>8}  {type_}")
