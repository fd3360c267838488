"""Makes an installation from a backup in an empty folder: the same entries at the same positions, a new incarnation.

Views and feed are built by the next start; whoever followed the old record sees from the incarnation that this is
another one.
"""

import asyncio
from pathlib import Path

from adapters.backup.archive import BEGINNING, BackupError, Manifest, chained, digest_of_file, entries_of, read_manifest
from adapters.backup.keys_file import opened, unpack
from adapters.backup.record_copy import Told
from adapters.folder_lock import FolderLock
from adapters.half_restored import marked
from adapters.jetstream.copying import PuttingBack, Stored
from adapters.jetstream.link import Address, Link
from adapters.jetstream.read import PAGE, Reader
from adapters.jetstream.streams import create_all
from adapters.nats import nkey
from adapters.nats.identity import Installation
from adapters.nats.server import NatsServer
from adapters.private_file import write
from adapters.upkeep.whole_record import record_at

WITHIN_S = 30.0


async def put_back(
    folder: Path, data: Path, told: Told, *, keys: Path | None = None, passphrase: str | None = None
) -> Manifest:
    """`keys` are those of a later backup of the same installation: in them is erased what was erased since."""
    manifest = await asyncio.to_thread(_checked, folder, data)
    content = opened(_keys(folder, manifest, keys), passphrase)
    with FolderLock(data), marked(data):
        unpack(content, data)
        installation = Installation.open(data)
        if nkey.public_key(installation.operator_seed) != manifest.installation:
            raise BackupError("the keys are those of another installation")
        await _record(installation, folder, manifest, told)
    return manifest


def _checked(folder: Path, data: Path) -> Manifest:
    if data.exists() and any(data.iterdir()):
        raise BackupError(f"{data} is not empty: a backup is restored into a new folder, never over another")
    manifest = read_manifest(folder)
    if manifest is None:
        raise BackupError(f"{folder} is no whole backup: it has no manifest")
    _check(folder, manifest)
    return manifest


def _check(folder: Path, manifest: Manifest) -> None:
    """Every segment is whole, follows the one before, and its entries have the digests they are said to have."""
    position, chain = 0, BEGINNING
    for segment in manifest.segments:
        for entry in entries_of(folder, segment):
            position += 1
            if entry.position != position:
                raise BackupError(f"entry {position} is missing in {folder / segment.file}")
            chain = chained(chain, entry)
        if (position, chain) != (segment.last, segment.chain):
            raise BackupError(f"the entries of {folder / segment.file} are not those the manifest names")


def _keys(folder: Path, manifest: Manifest, keys: Path | None) -> bytes:
    path = keys or folder / manifest.keys.file
    if keys is None and digest_of_file(path) != manifest.keys.sha256:
        raise BackupError(f"{path} was changed or cut: take another copy of it")
    try:
        return path.read_bytes()
    except OSError as error:
        raise BackupError(f"{path} cannot be read: {error.strerror}") from error


async def _record(installation: Installation, folder: Path, manifest: Manifest, told: Told) -> None:
    server = NatsServer(installation)
    creds = installation.data / "keys" / "administrator.creds"
    write(creds, installation.administrator_creds())
    try:
        await asyncio.to_thread(server.start)
        states = await create_all(Address(server.url, str(creds)))
        if states["RECORD"].last_seq:
            raise BackupError("there are entries on the record already")
        await _entries(Address(server.url, str(creds), "raccordo-restore"), folder, manifest, told)
        await _compare(installation, server.url, manifest)
    finally:
        creds.unlink()
        await asyncio.to_thread(server.stop)


async def _entries(address: Address, folder: Path, manifest: Manifest, told: Told) -> None:
    link = await Link.open(address, WITHIN_S)
    try:
        putting = PuttingBack(link)
        for segment in manifest.segments:
            for entry in entries_of(folder, segment):
                await putting.add(entry)
                if entry.position % PAGE == 0:
                    told(entry.position, manifest.position)
        await putting.flush()
    finally:
        await link.close()


async def _compare(installation: Installation, url: str, manifest: Manifest) -> None:
    """Read back: what stands there now is what the manifest names."""
    async with record_at(installation, url) as record:
        reader, chain, position = Reader(record), BEGINNING, 0
        while page := await reader.messages(position + 1, PAGE):
            for message in page:
                chain = chained(chain, Stored.of(message))
            position += len(page)
    if (position, chain) != (manifest.position, manifest.chain):
        raise BackupError(f"what was written back up to {position} is not what the backup holds")
