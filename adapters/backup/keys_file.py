"""The keys of an installation and the papers of its office in one file: whoever has it can read and sign everything."""

import io
import os
import re
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from adapters.backup.archive import BackupError
from adapters.private_file import private_folder

DATABASE: Final = "keys/keys.sqlite3"
_MEMBER: Final = re.compile(
    r"keys/(operator|system|core)\.nk|keys/(store|wrapping|naming)\.key|keys/keys\.sqlite3"
    r"|keys/accounts/[A-Za-z0-9_-]{1,64}\.nk|office/(id|office\.token|office\.creds)"
)
_SEALED: Final = b"raccordo keys, sealed 1\n"
_SALT, _NONCE = 16, 12


def packed(data: Path) -> bytes:
    """As they are now: the database in one state, whoever is writing."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as archive:
        for name, content in _members(data):
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), 0o600
            archive.addfile(member, io.BytesIO(content))
    return whole.getvalue()


def unpack(whole: bytes, data: Path) -> None:
    """Only what an installation consists of, each for its owner only."""
    with tarfile.open(fileobj=io.BytesIO(whole)) as archive:
        for member in archive:
            content = archive.extractfile(member)
            if not _MEMBER.fullmatch(member.name) or content is None:
                raise BackupError(f"the file of keys holds {member.name!r}, which is no part of an installation")
            private_folder((data / member.name).parent)
            write_private(data / member.name, content.read())


def sealed(whole: bytes, passphrase: str) -> bytes:
    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    return _SEALED + salt + nonce + AESGCM(_derived(passphrase, salt)).encrypt(nonce, whole, _SEALED)


def opened(content: bytes, passphrase: str | None) -> bytes:
    if not content.startswith(_SEALED):
        return content
    if passphrase is None:
        raise BackupError("the file of keys is sealed with a passphrase: name the file that holds it")
    rest = content.removeprefix(_SEALED)
    salt, nonce, body = rest[:_SALT], rest[_SALT : _SALT + _NONCE], rest[_SALT + _NONCE :]
    try:
        return AESGCM(_derived(passphrase, salt)).decrypt(nonce, body, _SEALED)
    except InvalidTag:
        raise BackupError(
            "the passphrase is not the one the keys were sealed with, or their file was changed"
        ) from None


def write_private(path: Path, content: bytes) -> None:
    """Durable before it returns."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _members(data: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted([*(data / "keys").rglob("*"), *(data / "office").glob("*")]):
        name = path.relative_to(data).as_posix()
        if _MEMBER.fullmatch(name):
            yield name, _database(path) if name == DATABASE else path.read_bytes()


def _database(path: Path) -> bytes:
    with (
        closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as live,
        closing(sqlite3.connect(":memory:")) as copy,
    ):
        live.backup(copy)
        return copy.serialize()


def _derived(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=2**16, r=8, p=1).derive(passphrase.encode())
