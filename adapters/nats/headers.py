"""The headers of a message read faster than nats-py reads them: the name of a header is looked at once, not each time.

nats-py 2.16 tests every letter of every name in every message; that was a quarter of a desk's time (`docs/limits.md`).
The names are a handful, so whether one is well formed is remembered. What is read is the same: a test compares the two.
"""

from functools import lru_cache

from nats.aio.client import Client

NAMES = 1024
"""How many names are remembered: who sends others all the time gains nothing, and costs no memory."""


@lru_cache(NAMES)
def _name(raw: bytes) -> str | None:
    try:
        name = raw.strip().decode("ascii")
    except UnicodeDecodeError:
        return None
    return None if any(letter.isspace() for letter in name) else name


def parsed(raw: bytes) -> dict[str, str]:
    """Each line `Name: value`; what is no such line is left out."""
    found: dict[str, str] = {}
    for line in raw.split(b"\r\n"):
        name, colon, value = line.partition(b":")
        if colon and len(name) <= NAMES and (key := _name(name)) is not None:
            found[key] = value.strip().decode("utf-8", "replace")
    return found


def read_headers_faster() -> None:
    """For every connection of this process, whoever opens it."""
    Client._parse_header_lines = staticmethod(parsed)  # type: ignore[method-assign]  # noqa: SLF001 (named above)
