"""Acts to be handed in, one a line: each with its number in the file, its subject and an id of its own."""

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final
from uuid import UUID

from pydantic_core import to_json

from domain.json_text import read_json
from domain.refusal import Malformed
from domain.submission import LARGEST, named

_LONGEST: Final = LARGEST + 2  # the line's end, which may be two characters


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    subject: str
    body: bytes
    too_large: bool = False
    """It is not sent: the server would close the connection over a message far larger than an act."""


def lines(file: BinaryIO, organisation: str, secret: str) -> Iterator[Line]:
    """One at a time, however large the file; empty lines are passed over, but counted."""
    number = 0
    while text := file.readline(_LONGEST):
        number += 1
        ended = text.endswith(b"\n")
        body = text.rstrip(b"\r\n")
        if len(body) > LARGEST or (not ended and len(text) == _LONGEST):
            while not ended and (rest := file.readline(_LONGEST)):
                ended = rest.endswith(b"\n")
            yield Line(number, "", b"", too_large=True)
        elif body.strip():
            yield _line(number, body, organisation, secret)


def _line(number: int, body: bytes, organisation: str, secret: str) -> Line:
    body = with_id(body, secret)
    about = named(body)
    kind, _, id_ = (about.record or "unknown/unknown").partition("/")
    return Line(number, f"drop.{organisation}.{kind}.{id_}.{about.type or 'unknown'}", body)


def with_id(body: bytes, secret: str) -> bytes:
    """The line itself makes the id of an act that has none: the same words are the same act, run after run.

    The id stands on the record for all who see the case. So it is made with a secret of the sender's: without it a
    short text could be guessed from the id.
    """
    try:
        fields = read_json(body)
    except Malformed:
        return body  # the door says what is wrong with it
    act = fields.get("data") if isinstance(fields, dict) and "specversion" in fields else fields
    if not isinstance(act, dict) or "act_id" in act:
        return body
    words = to_json({name: act[name] for name in sorted(act)})
    digest = hmac.new(secret.encode(), words, hashlib.sha256).digest()
    act["act_id"] = str(UUID(bytes=digest[:16], version=4))
    return to_json(fields)


def secret_of(creds: str) -> str:
    """The seed in the credentials, which never leaves them."""
    return next((line.strip() for line in creds.splitlines() if line.startswith("SU")), creds)
