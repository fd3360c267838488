"""What each organisation pulls its feed through: made by us, for partners may not make any."""

from typing import Any, Final

NANO: Final = 1_000_000_000
ACK_WAIT_S: Final = 60.0
"""Seconds after which what was taken and not acknowledged is delivered again."""

LARGEST_PULL: Final = 500
LONGEST_PULL_S: Final = 100
"""A pull from another account that lasts over two minutes loses its answer."""

NOT_PAUSED: Final = "0001-01-01T00:00:00Z"
FOR_EVER: Final = "9999-12-31T00:00:00Z"
"""A consumer that is paused until then is paused until it is changed."""

UNACKNOWLEDGED: Final = 1000
"""What may be under way to a partner that never acknowledges, and so what it can cost the server to wait for it."""


def consumer(organisation: str, ack_wait: float = ACK_WAIT_S) -> dict[str, Any]:
    return {
        "durable_name": organisation,
        "filter_subject": feed_of(organisation),
        "deliver_policy": "all",
        "ack_policy": "explicit",
        "ack_wait": int(ack_wait * NANO),
        "max_deliver": -1,
        "max_ack_pending": UNACKNOWLEDGED,
        "max_batch": LARGEST_PULL,
        "max_expires": LONGEST_PULL_S * NANO,
        "replay_policy": "instant",
    }


def feed_of(organisation: str) -> str:
    return f"feed.{organisation}.>"
