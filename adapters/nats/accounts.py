"""What an account may do: the system's, that of the record, and an organisation's."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.nats import jwt
from adapters.nats.openings import OPENINGS

UNLIMITED = -1

# Several desks share the acts; those of one case (the third token) meet in one of them. The number is small
# and fixed: a desk that took over under another number would meet one that still holds the old cases.
DESKS = 8
_ACT = "in.*.*.*.*"
_SHARE = f"{{{{partition({DESKS},3)}}}}"
_TO_DESK = f"desk.{_SHARE}.in." + ".".join(f"{{{{wildcard({place})}}}}" for place in (1, 2, 3, 4))


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """How much one organisation may ask of the server."""

    connections: int = 32
    subscriptions: int = 200  # of one connection
    payload: int = 128 * 1024


def operator(system_account: str) -> jwt.Claims:
    return {"type": "operator", "system_account": system_account}


def system() -> jwt.Claims:
    return {"type": "account", "limits": _limits()}


def core() -> jwt.Claims:
    """Return the account of the record: it stores, and offers its openings to whoever holds a permit."""
    return {
        "type": "account",
        "limits": {**_limits(), "mem_storage": UNLIMITED, "disk_storage": UNLIMITED}
        | dict.fromkeys(("streams", "consumer", "max_ack_pending"), UNLIMITED),
        "exports": [
            {
                "name": opening.name,
                "subject": opening.offered,
                "type": "service",
                "token_req": True,
                "response_type": opening.answers,
            }
            for opening in OPENINGS
        ],
        "mappings": {_ACT: [{"subject": _TO_DESK, "weight": 100}]},
    }


def organisation(
    *,
    core_account: str,
    permits: Mapping[str, str],
    org_id: str,
    allowance: Allowance,
    revoked: Mapping[str, int],
    suspended: bool,
) -> jwt.Claims:
    """Return an organisation's account; `permits` are signed by CORE, one for each opening's name.

    `revoked` holds public user keys and the second up to which what was issued to them is void; `*` is
    everyone.
    """
    here = [opening.here_of(org_id) for opening in OPENINGS]
    connections = 0 if suspended else allowance.connections
    return {
        "type": "account",
        "limits": {
            **_limits(),
            "conn": connections,
            "subs": allowance.subscriptions,
            "payload": allowance.payload,
            "exports": 0,
            "disallow_bearer": True,
            # A leaf node is believed when it says who sent a message: it could speak as another.
            "leaf": 0,
        },
        "default_permissions": {"pub": {"allow": here}, "sub": {"allow": ["_INBOX.>"]}},
        "revocations": dict(revoked),
        "imports": [
            {
                "name": opening.name,
                "subject": opening.own_of(org_id),
                "local_subject": opening.here_of(org_id),
                "account": core_account,
                "token": permits[opening.name],
                "type": "service",
            }
            for opening in OPENINGS
        ],
    }


def permits(org_id: str) -> Iterator[tuple[str, jwt.Claims]]:
    """Yield, by opening, what CORE signs for one organisation: without it the import stays dead."""
    for opening in OPENINGS:
        yield (
            opening.name,
            {"type": "activation", "kind": "service", "subject": opening.own_of(org_id)},
        )


def user(permissions: Mapping[str, Any]) -> jwt.Claims:
    """Return a user; with no permissions of its own it has those of its account."""
    return {"type": "user", "subs": UNLIMITED, "data": UNLIMITED, "payload": UNLIMITED, **permissions}


def _limits() -> dict[str, Any]:
    unlimited = ("subs", "data", "payload", "imports", "exports", "conn", "leaf")
    return {**dict.fromkeys(unlimited, UNLIMITED), "wildcards": True}
