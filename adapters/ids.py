"""New ids: random, never speaking."""

import base64
import hashlib
import secrets
import time
import uuid


def organisation_id() -> str:
    return "o" + base64.b32encode(secrets.token_bytes(8)).decode().lower()[:12]


def uuid7() -> uuid.UUID:
    """Ordered by time (RFC 9562), so that what belongs together lies together."""
    value = (time.time_ns() // 1_000_000 << 80) | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    return uuid.UUID(int=value & ~(0x3 << 62) | 0x2 << 62)


def access_token() -> tuple[str, str]:
    """A new HTTP token and the digest by which the record knows it."""
    token = "raccordo_" + secrets.token_urlsafe(32)
    return token, token_digest(token)


def token_digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
