"""Who calls over NATS: the organisation of the subject, if the server vouches for its account."""

from dataclasses import dataclass

from nats.aio.msg import Msg
from pydantic_core import from_json

from domain.network import Network
from domain.refusal import Malformed, Unrecognised


@dataclass(frozen=True, slots=True)
class Address:
    """A subject taken apart: `in.<organisation>.<kind>.<id>.<type>` or `ask.<organisation>.<query>`."""

    organisation: str
    rest: tuple[str, ...]


def address(subject: str, *, rest: int) -> Address:
    """With so many tokens behind the organisation's."""
    tokens = subject.split(".")
    if tokens[0] == "desk":  # the server has mapped it to one of several desks
        tokens = tokens[2:]
    if len(tokens) != 2 + rest or not all(tokens):
        raise Malformed("door.malformed-subject")
    return Address(tokens[1], tuple(tokens[2:]))


def check_caller(message: Msg, organisation: str, network: Network) -> None:
    """Only the header that the server stamps counts; it overwrites a forged one."""
    known = network.organisations.get(organisation)
    account = _account(message)
    if known is None or known.account is None or account != known.account:
        raise Unrecognised("door.not-yours")
    network.check_speaks(organisation)


def _account(message: Msg) -> str | None:
    stamped = (message.headers or {}).get("Nats-Request-Info")
    if not stamped:
        return None
    try:
        found = from_json(stamped).get("acc")
    except (ValueError, AttributeError):
        return None
    return found if isinstance(found, str) else None


def language(message: Msg) -> str:
    return (message.headers or {}).get("Accept-Language", "en")[:2]
