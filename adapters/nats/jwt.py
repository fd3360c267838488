"""A signed statement about a key: what its holder may do, as the message server reads it.

The form is the nkey JWT, version 2: three parts in base64url, signed with Ed25519.
"""

import base64
import hashlib
import json
import time
from collections.abc import Mapping
from typing import Any

from adapters.nats import nkey

Claims = Mapping[str, Any]

_HEADER = {"typ": "JWT", "alg": "ed25519-nkey"}


def signed(*, subject: str, name: str, claims: Claims, by: str) -> str:
    """Return the statement about the key `subject`, signed with the seed `by`.

    The server drops a statement whose id it has already; the id is a digest of everything else, so the same
    statement pushed twice is one, and any change is another.
    """
    body: dict[str, Any] = {
        "iat": int(time.time()),
        "iss": nkey.public_key(by),
        "name": name,
        "sub": subject,
        "nats": {**claims, "version": 2},
    }
    body["jti"] = base64.b32encode(hashlib.new("sha512_256", _json(body)).digest()).decode().rstrip("=")
    said = f"{_base64(_json(_HEADER))}.{_base64(_json(body))}"
    return f"{said}.{_base64(nkey.sign(by, said.encode()))}"


def read(token: str) -> dict[str, Any]:
    """Return what a statement says, without asking whether its signature is true: the server does that."""
    part = token.split(".")[1]
    said: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return said


def credentials(user_jwt: str, user_seed: str) -> str:
    """Return the text of a `.creds` file, which every NATS client reads."""
    return (
        f"-----BEGIN NATS USER JWT-----\n{user_jwt}\n------END NATS USER JWT------\n\n"
        f"-----BEGIN USER NKEY SEED-----\n{user_seed}\n------END USER NKEY SEED------\n"
    )


def _json(value: Claims) -> bytes:
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
