"""A key pair in the form the message server knows: a secret seed, and a public key that may be told."""

import base64
import os
from typing import Literal

import nkeys
from nacl.signing import SigningKey

Role = Literal["operator", "account", "user"]

_PREFIX: dict[Role, int] = {
    "operator": nkeys.PREFIX_BYTE_OPERATOR,
    "account": nkeys.PREFIX_BYTE_ACCOUNT,
    "user": nkeys.PREFIX_BYTE_USER,
}


class NotAKeyError(ValueError):
    """The text is not a public key of the role it was given for."""


def new_seed(role: Role) -> str:
    return str(nkeys.encode_seed(os.urandom(32), _PREFIX[role]).decode())


def public_key(seed: str) -> str:
    role, raw = nkeys.decode_seed(seed.encode())
    body = bytes([role]) + bytes(SigningKey(raw).verify_key)
    return base64.b32encode(body + _checksum(body)).decode()


def sign(seed: str, message: bytes) -> bytes:
    _, raw = nkeys.decode_seed(seed.encode())
    return SigningKey(raw).sign(message).signature


def checked(text: str, role: Role) -> str:
    """Return a public key that was sent to us; a mistyped one, a seed or one of another role is refused.

    What is refused is never repeated in the message: it may be a secret sent by mistake.
    """
    letter = {"operator": "O", "account": "A", "user": "U"}[role]
    key = text.strip()
    if key.startswith("S"):
        msg = f"this looks like a secret seed; send only the public key, which begins with {letter}"
        raise NotAKeyError(msg)
    try:
        raw = base64.b32decode(key)
    except ValueError:
        raw = b""
    if len(raw) != 35 or raw[0] != _PREFIX[role] or _checksum(raw[:-2]) != raw[-2:]:
        msg = f"this is not the public key of a {role}: 56 letters and digits that begin with {letter}"
        raise NotAKeyError(msg)
    return key


def _checksum(body: bytes) -> bytes:
    return int(nkeys.crc16(bytearray(body))).to_bytes(2, "little")
