"""`raccordo backup` and `raccordo restore`: everything that cannot be made again, and an installation made from it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from adapters.cli.app import REFUSED, UNREACHABLE, app, fail, run, settings_of
from adapters.cli.history import progress
from adapters.cli.options import Data
from adapters.cli.screen import err
from adapters.typed import typed

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder of the backup.")]
Passphrase = Annotated[
    Path | None,
    typer.Option("--passphrase-file", help="What the keys are sealed with (or RACCORDO_BACKUP_PASSPHRASE)."),
]


@app.command()
def backup(folder: Folder, passphrase_file: Passphrase = None, data: Data = Path("data")) -> None:
    """Copy what cannot be made again, while everything runs: the record, and the keys in a file of their own.

    On a folder with an earlier backup only what has come since is added, and the keys are replaced. Views and feed
    are made from the record again. Who has the file of keys can read and sign everything: keep it apart from the
    record, and keep only the newest, for an older one opens again what was erased.

    Examples:
        raccordo backup /backup/raccordo --data /srv/raccordo

        raccordo backup /backup/raccordo --passphrase-file /root/passphrase

    """
    from adapters.backup.taking import take

    url = settings_of().nats_url
    with _in_sentences(), progress("backing up") as told:
        made = run(take(data, folder, told, url=url, passphrase=_passphrase(passphrase_file)))
    say = f"Up to position {made.position}, incarnation {made.incarnation}, in {folder}. "
    say += f"The keys are in {folder / made.keys.file}: move them to a place of their own."
    _say(say if made.keys.encrypted else f"{say} They are not sealed: whoever has them reads everything.")
    for what, count in made.left_out.items():
        if count:
            _say(f"Not in the backup: {count} {what} (see: raccordo dead list)")


@app.command()
def restore(
    folder: Folder,
    data: Annotated[Path, typer.Option("--data", envvar="RACCORDO_DATA", help="A new or empty data folder.")],
    keys: Annotated[
        Path | None, typer.Option(help="The file of keys, where it is kept apart or a later one is meant.")
    ] = None,
    passphrase_file: Passphrase = None,
) -> None:
    """Make an installation from a backup, in an empty folder: the same entries at the same positions.

    The record gets a new incarnation, by which views, feeds and partners see that it is not the one they followed.
    Do not let the old installation run beside it: both have the same keys.

    Example:
        raccordo restore /backup/raccordo --data /srv/raccordo

    """
    from adapters.backup.putting_back import put_back

    with _in_sentences(), progress("restoring") as told:
        done = run(put_back(folder, data, told, keys=keys, passphrase=_passphrase(passphrase_file)))
    _say(f"Restored up to position {done.position}. Start it with: raccordo up --data {typed(data)}")


@contextmanager
def _in_sentences() -> Iterator[None]:
    """What keeps it from being done is said in one."""
    from eventsourcing.persistence import PersistenceError

    from adapters.backup.archive import BackupError
    from adapters.folder_lock import FolderInUseError
    from adapters.jetstream.reply import Lost, NoAnswer
    from adapters.nats.place import ElsewhereError
    from adapters.nats.server import ServerFailedError

    try:
        yield
    except (BackupError, FolderInUseError) as error:
        fail(str(error), REFUSED)
    except (PersistenceError, ElsewhereError, ServerFailedError, Lost, NoAnswer) as error:
        fail(str(error), UNREACHABLE)
    except OSError as error:
        fail(f"{error.filename or 'The folder'} cannot be used: {error.strerror or error}", REFUSED)


def _say(sentence: str) -> None:
    err.say_lines(sentence)


def _passphrase(file: Path | None) -> str | None:
    if file is None:
        return os.environ.get("RACCORDO_BACKUP_PASSPHRASE") or None
    try:
        return file.read_text("utf-8").strip()
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}", REFUSED)
