"""Takes a backup while acts arrive, or adds to one what has come since.

First the record up to where it ends now, then the keys: a key is durable before anything is sealed with it, so the
keys taken later open every entry taken before.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from adapters.backup.archive import (
    MANIFEST,
    BackupError,
    KeysFile,
    Manifest,
    digest_of_file,
    read_manifest,
    write_manifest,
)
from adapters.backup.keys_file import packed, sealed, write_private
from adapters.backup.record_copy import Told, check_continues, copied
from adapters.nats import nkey
from adapters.nats.identity import Installation
from adapters.nats.of_folder import server_of
from adapters.private_file import private_folder
from adapters.upkeep.kept_aside import looking, waiting
from adapters.upkeep.whole_record import record_at


async def take(
    data: Path, folder: Path, told: Told, *, url: str | None = None, passphrase: str | None = None
) -> Manifest:
    """`url` names a message server of others; the keys are sealed if there is a passphrase."""
    if not (data / "keys" / "operator.nk").is_file():
        raise BackupError(f"there is no installation in {data}")
    installation = Installation.open(data)
    before = _before(folder, installation)
    with _nothing_left(folder):
        return await _taken(data, installation, folder, before, told, url, passphrase)


async def _taken(
    data: Path,
    installation: Installation,
    folder: Path,
    before: Manifest | None,
    told: Told,
    url: str | None,
    passphrase: str | None,
) -> Manifest:
    private_folder(folder)
    async with _server(data, url) as at, record_at(installation, at) as record:
        if before:
            await check_continues(record, before)
        segments = await copied(record, folder, before.segments if before else (), told)
        async with looking(installation, at) as client:
            left_out = {"kept aside unread": await waiting(client)}
            server = str(client.connected_server_version)
        keys = await asyncio.to_thread(_keys, data, folder, passphrase)
        manifest = Manifest(
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            made_by=version("raccordo"),
            server=server,
            installation=nkey.public_key(installation.operator_seed),
            incarnation=record.guard.incarnation,
            segments=segments,
            keys=keys,
            left_out=left_out,
        )
    write_manifest(folder, manifest)
    _clear(folder, manifest)
    return manifest


@contextmanager
def _nothing_left(folder: Path) -> Iterator[None]:
    """What was begun for a backup that is not made in the end goes again, also the folders that were made for it."""
    had = {*folder.iterdir()} if folder.exists() else set()
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        yield
    except BaseException:
        with suppress(OSError, BackupError):
            manifest = read_manifest(folder)
            for path in {*folder.iterdir()} - had - (_files(folder, manifest) if manifest else set()):
                path.unlink()
            for path in made:
                path.rmdir()
        raise


def _before(folder: Path, installation: Installation) -> Manifest | None:
    """The backup that is to be continued."""
    if not folder.exists():
        return None
    manifest = read_manifest(folder)
    if manifest is None:
        if {*folder.iterdir()} - {*folder.glob("record-*.jsonl.gz"), *folder.glob("keys-*.tar")}:
            raise BackupError(f"{folder} holds something that is no backup: choose an empty folder")
        return None  # empty, or one that was interrupted
    if manifest.installation != nkey.public_key(installation.operator_seed):
        raise BackupError(f"{folder} is the backup of another installation: choose another folder")
    for segment in manifest.segments:
        if digest_of_file(folder / segment.file) != segment.sha256:
            raise BackupError(f"{folder / segment.file} was changed or cut: begin a backup in a new folder")
    return manifest


def _keys(data: Path, folder: Path, passphrase: str | None) -> KeysFile:
    content = packed(data) if passphrase is None else sealed(packed(data), passphrase)
    name = f"keys-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.tar"
    write_private(folder / name, content)
    return KeysFile(file=name, sha256=sha256(content).hexdigest(), encrypted=passphrase is not None)


def _clear(folder: Path, manifest: Manifest) -> None:
    """Keys of before would open again what has been erased since."""
    for path in {*folder.glob("keys-*.tar"), *folder.glob("record-*.jsonl.gz")} - _files(folder, manifest):
        path.unlink()


def _files(folder: Path, manifest: Manifest) -> set[Path]:
    names = (MANIFEST, manifest.keys.file, *(segment.file for segment in manifest.segments))
    return {folder / name for name in names}


@asynccontextmanager
async def _server(data: Path, url: str | None) -> AsyncIterator[str]:
    if url is not None:
        yield url
        return
    async with server_of(data) as found:
        yield found
