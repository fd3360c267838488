"""The folder of a backup: the record in segments that never change, the keys apart, and a manifest that names both.

The manifest is written last, in one step: what it does not name does not belong to the backup.
"""

import gzip
import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from adapters.jetstream.copying import Stored
from adapters.jetstream.subjects import Subjects
from adapters.private_file import write
from services.position import digest_of

MANIFEST: Final = "manifest.json"
FORMAT: Final = 1
BEGINNING: Final = "0" * 64
_SUBJECTS: Final = Subjects("record")


class BackupError(RuntimeError):
    """The backup cannot be made or used; the message says why and what to do."""


class Segment(BaseModel):
    """Entries `first` to `last`, one JSON object a line.

    `digest` is that of the last entry, `chain` that of all entries up to it.
    """

    model_config = ConfigDict(frozen=True)

    file: str
    first: int
    last: int
    sha256: str
    digest: str
    chain: str


class KeysFile(BaseModel):
    model_config = ConfigDict(frozen=True)

    file: str
    sha256: str
    encrypted: bool


class Manifest(BaseModel):
    """`installation` is its public key; `left_out` says what was there and is not in the backup."""

    model_config = ConfigDict(frozen=True)

    format: int = FORMAT
    made_at: str
    made_by: str
    server: str
    installation: str
    incarnation: str
    segments: tuple[Segment, ...]
    keys: KeysFile
    left_out: dict[str, int]

    @property
    def position(self) -> int:
        return self.segments[-1].last if self.segments else 0

    @property
    def chain(self) -> str:
        return self.segments[-1].chain if self.segments else BEGINNING


def chained(before: str, entry: Stored) -> str:
    """The digest of all entries up to this one: one that differs anywhere makes all that follow differ."""
    return sha256(bytes.fromhex(before) + bytes.fromhex(digest_of(entry.event(_SUBJECTS)))).hexdigest()


def read_manifest(folder: Path) -> Manifest | None:
    try:
        told = (folder / MANIFEST).read_text("utf-8")
    except FileNotFoundError:
        return None
    try:
        manifest = Manifest.model_validate_json(told)
    except ValidationError as error:
        raise BackupError(f"{folder / MANIFEST} is not the manifest of a backup: take another copy of it") from error
    if manifest.format != FORMAT:
        raise BackupError(f"{folder} was made by version {manifest.made_by}: restore it with that version or later")
    return manifest


def write_manifest(folder: Path, manifest: Manifest) -> None:
    write(folder / MANIFEST, json.dumps(manifest.model_dump(), indent=2) + "\n")


def line_of(entry: Stored) -> bytes:
    told = {
        "position": entry.position,
        "subject": entry.subject,
        "headers": dict(entry.headers),
        "state": b64encode(entry.state).decode(),
    }
    return json.dumps(told).encode() + b"\n"


def entries_of(folder: Path, segment: Segment) -> Iterator[Stored]:
    """Entry by entry; raises where the file is not the one the manifest names."""
    if digest_of_file(folder / segment.file) != segment.sha256:
        raise BackupError(f"{folder / segment.file} was changed or cut: take another copy of the backup")
    with gzip.open(folder / segment.file) as lines:
        for line in lines:
            told = json.loads(line)
            yield Stored(told["position"], told["subject"], told["headers"], b64decode(told["state"]))


def digest_of_file(path: Path) -> str:
    digest = sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
    except FileNotFoundError:
        raise BackupError(f"{path} is missing: take another copy of the backup") from None
    return digest.hexdigest()
