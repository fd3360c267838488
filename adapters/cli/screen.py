"""The one place that writes to a terminal: all of it is text, and a character that is not seen is shown as a symbol."""

import json
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, Protocol

from rich.box import SIMPLE
from rich.console import Console, ConsoleOptions, RenderableType
from rich.measure import Measurement
from rich.segment import Segment
from rich.table import Column, Table
from rich.text import Text

from domain.characters import escaped, shown

__all__ = (
    "Column",
    "Screen",
    "bar",
    "changing_line",
    "err",
    "flush",
    "is_terminal",
    "nobody_reads",
    "out",
    "settle",
    "table",
    "unexpected",
    "write",
    "write_bytes",
    "write_json",
    "write_line",
)

WIDE: Final = 200
"""Characters of a line that goes to a file or another program: a table is not cut there as on a narrow screen."""

ANY: Final = 100_000
FOLDED: Final = 14
"""Characters of a word that stay together at least; ids stand in columns that are not wrapped."""

Part = str | tuple[str, str]
"""A text, alone or with its style."""


class Screen(Console):
    """Knows no markup: what stands in brackets is text like any other. A style is given beside its text."""

    def __init__(self, *, stderr: bool = False, **how: Any) -> None:
        super().__init__(stderr=stderr, markup=False, emoji=False, highlight=False, **how)

    def render_str(self, text: str, **how: Any) -> Text:
        """Before it is laid out, so that a symbol takes its place in a cell."""
        return super().render_str(shown(text, lines=True), **{**how, "markup": False, "emoji": False})

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """The last look at whatever is written, also at what came another way than as a text."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(shown(segment.text, lines=True), segment.style)

    def show(self, rows: Table) -> None:
        """Write a table where its columns find room; on a narrower screen each row by itself. Nothing is cut off."""
        asked = [_asked(self, column) for column in rows.columns]
        everything = self.options.update_width(ANY)
        frame = Measurement.get(self, everything, rows).maximum - sum(each.maximum for each in asked)
        if (room := self.width - frame - sum(each.minimum for each in asked)) < 0:
            self._show_one_by_one(rows)
            return
        for column, width in zip(rows.columns, _shared_out(asked, room), strict=True):
            column.width, column.overflow = width, "fold"
        self.print(rows)

    def _show_one_by_one(self, rows: Table) -> None:
        names = [str(column.header) for column in rows.columns]
        for cells in zip(*(column.cells for column in rows.columns), strict=True):
            row = Table(Column(no_wrap=True), Column(overflow="fold"), show_header=False, box=None)
            for name, cell in zip(names, cells, strict=True):
                row.add_row(name, cell)
            self.print(row)
            self.print()

    def say(self, *parts: Part) -> None:
        """Write one line, of parts that cannot begin another; it is not wrapped."""
        styled = [(part, "") if isinstance(part, str) else part for part in parts]
        self.print(Text.assemble(*((shown(text), style) for text, style in styled)), soft_wrap=True)

    def say_lines(self, text: str, style: str = "") -> None:
        """Write a text of perhaps several lines; they are not wrapped."""
        self.print(text, style=style, soft_wrap=True)


out = Screen() if sys.stdout.isatty() else Screen(width=WIDE, height=WIDE)
err = Screen(stderr=True)


def _asked(screen: Screen, column: Column) -> Measurement:
    """The least width that a column makes do with, and all that it could use. A long word is folded there."""
    told = [Measurement.get(screen, screen.options.update_width(ANY), each) for each in (column.header, *column.cells)]
    widest = max(each.maximum for each in told)
    least = widest if column.no_wrap else min(column.min_width or FOLDED, max(each.minimum for each in told))
    return Measurement(least, widest)


def _shared_out(asked: Sequence[Measurement], room: int) -> list[int]:
    """The room that is left goes to the columns that lack it, evenly; who needs little leaves it to the others."""
    widths = [each.minimum for each in asked]
    lacking = sorted(range(len(asked)), key=lambda at: asked[at].span)
    for done, at in enumerate(lacking):
        more = min(asked[at].span, room // (len(lacking) - done))
        widths[at] += more
        room -= more
    return widths


def table(*columns: str | Column, open_: bool = True) -> Table:
    """A table for `out.show`; `open_` has no frame. Cells are strings."""
    return Table(*columns, box=SIMPLE) if open_ else Table(*columns)


def write(text: str) -> None:
    """Write lines for people and programs to the standard output, as wide as they are."""
    sys.stdout.write(shown(text, lines=True))


def write_line(text: str) -> None:
    """Write one line at once: of a list that may go on for hours."""
    sys.stdout.write(shown(text) + "\n")
    sys.stdout.flush()


def write_json(value: object, *, indent: int | None = None) -> None:
    """Write a document, at once; what is not seen in it is escaped, and so the same value."""
    sys.stdout.write(escaped(json.dumps(value, ensure_ascii=False, indent=indent)) + "\n")
    sys.stdout.flush()


def write_bytes(body: bytes) -> None:
    """Write what somebody sent: to a file as it is, to a terminal as text."""
    if sys.stdout.isatty():
        write(body.decode("utf-8", "backslashreplace") + "\n")
    else:
        sys.stdout.buffer.write(body)


def flush() -> None:
    sys.stdout.flush()


def is_terminal() -> bool:
    """True if the standard output is looked at."""
    return sys.stdout.isatty()


def nobody_reads() -> None:
    """Say nothing more, once whoever reads has seen enough."""
    sys.stderr.close()


class Moved(Protocol):
    def __call__(self, done: int, of: int | None, says: str = "") -> None: ...


@contextmanager
def bar(what: str, *, shown_: bool = True) -> Iterator[Moved]:
    """How far long work is, on a terminal; nothing where nobody looks."""
    if not (shown_ and err.is_terminal):
        yield lambda done, of, says="": None  # noqa: ARG005 (named, so that it is the same call)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    says = TextColumn("{task.fields[says]}", markup=False)
    with Progress(*columns, says, console=err, transient=True) as progress:
        task = progress.add_task(what, total=None, says="")
        yield lambda done, of, says="": progress.update(task, completed=done, total=of, says=says)


@contextmanager
def changing_line() -> Iterator[Callable[[str], None]]:
    """One line of the terminal that changes."""
    from rich.live import Live

    with Live(console=err, transient=True) as live:
        yield lambda text: live.update(Text(shown(text)))


def settle() -> None:
    """A terminal that lacks a letter must not end a command."""
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="backslashreplace")


def unexpected(error: Exception) -> None:
    """Write where a fault of ours came up; what it says is text as well."""
    err.say_lines("".join(traceback.format_exception(error)).rstrip())
