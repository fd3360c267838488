"""`raccordo up`: starts everything and serves until it is told to end."""

import asyncio
import errno
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.app import UNREACHABLE, WRONG_USE, app, fail, settings_of
from adapters.cli.options import Copy, Data, Http, LogLevel, Moved, Nats
from adapters.cli.screen import err
from adapters.running import Running

if TYPE_CHECKING:
    from adapters.main.parts import Parts
    from adapters.nats.place import Arrived
    from adapters.settings import Settings

UNWRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR, errno.ENOSPC, errno.EDQUOT)


@app.command()
def up(
    data: Data = Path("data"),
    http: Http = "127.0.0.1:8080",
    nats: Nats = "127.0.0.1:4222",
    rebuild_views: Annotated[bool, typer.Option(help="Throw the views away and build them from the record.")] = False,
    log_level: LogLevel = "info",
    moved: Moved = False,
    copy: Copy = False,
) -> None:
    """Start the message server, the desk with its doors, the views and the feed, all in one.

    The first start makes the keys and founds the network: its office is registered and the default rules, lists and
    calendars are published. Ctrl-C ends it cleanly.

    A data folder that was copied or moved does not start by itself, so that never two go on with one record: say
    **--moved** if the original is gone, **--copy** to make this one another record.

    Examples:
        raccordo up

        raccordo up --data /srv/raccordo --http 0.0.0.0:8080

    """
    from adapters.logs import configure

    settings = settings_of(data=data, http=http, nats=nats, log_level=log_level, rebuild_views=rebuild_views)
    configure(settings.log_level)
    serve_or_say(settings, say, arrived=arrived(moved=moved, copy=copy))


def arrived(*, moved: bool, copy: bool) -> "Arrived | None":
    """What is said of the folder; ends the command if both are."""
    if moved and copy:
        fail("Either the original is gone (--moved) or it stays (--copy): not both.", WRONG_USE)
    return "moved" if moved else "copy" if copy else None


def serve_or_say(
    settings: "Settings",
    ready: Callable[[Running], asyncio.Task[None] | None],
    parts: "Parts | None" = None,
    clock: Callable[[], datetime] | None = None,
    arrived: "Arrived | None" = None,
) -> None:
    """Serve; what keeps it from starting is said in a sentence."""
    from eventsourcing.persistence import PersistenceError
    from sqlalchemy.exc import OperationalError

    from adapters.folder_lock import FolderInUseError
    from adapters.half_restored import HalfRestoredError
    from adapters.jetstream.reply import Lost, NoAnswer
    from adapters.last_known import UnreadableNoteError
    from adapters.main import ALL, NoServerError, RecordLostError, real_time, serve
    from adapters.nats.headers import read_headers_faster
    from adapters.nats.place import ElsewhereError
    from adapters.nats.server import ServerFailedError
    from adapters.runtime import run
    from adapters.web.server import PortInUseError
    from services.views.followed import RecordChanged

    try:
        read_headers_faster()
        run(serve(settings, ready, parts or ALL, clock or real_time, arrived))
    except (
        ElsewhereError,
        FolderInUseError,
        HalfRestoredError,
        NoServerError,
        ServerFailedError,
        PortInUseError,
        RecordChanged,
        RecordLostError,
        UnreadableNoteError,
        PersistenceError,
        Lost,
        NoAnswer,
    ) as error:
        fail(str(error), UNREACHABLE)
    except OperationalError as error:
        fail(f"The database of the views cannot be used: {str(error.orig).splitlines()[0]}", UNREACHABLE)
    except OSError as error:
        if error.errno not in UNWRITABLE:
            raise
        fail(_unwritable(settings, error), UNREACHABLE)


def _unwritable(settings: "Settings", error: OSError) -> str:
    return f"{error.filename or settings.data} cannot be written ({error.strerror}): the service needs its data folder"


def say(started: Running) -> None:
    where = f"HTTP {started.http} · NATS {started.nats} · office {started.office}"
    err.say(("Raccordo is up.", "green"), f" {where}")
