"""What can be set: by the command line or as RACCORDO_… in the environment."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.budgets import MIB, Limits
from services.duplicates import A_DAY


def _address(text: str) -> str:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or not 0 <= int(port) <= 65535:
        raise ValueError("an address is HOST:PORT (port 0: the system chooses)")
    return text


def _level(text: str) -> str:
    if text.lower() not in LEVELS:
        raise ValueError(f"it is one of {', '.join(LEVELS)}")
    return text


def _database(text: str | None) -> str | None:
    """Unset if empty."""
    if text and not re.match(r"postgresql(\+\w+)?://.", text):
        raise ValueError("it names a PostgreSQL database, for example postgresql://views@127.0.0.1/raccordo")
    return text or None


def _token(text: str | None) -> str | None:
    """Unset if empty."""
    if text and len(text) < SHORTEST_TOKEN:
        raise ValueError(f"a token has at least {SHORTEST_TOKEN} characters, for example: openssl rand -hex 24")
    return text or None


SHORTEST_TOKEN = 16
Token = Annotated[str | None, AfterValidator(_token)]
LEVELS: Final = ("debug", "info", "warning", "error", "critical")
OPTIONS: Final = frozenset({"data", "http", "nats", "log_level", "rebuild_views"})
"""What is also an option of the command line."""
Level = Annotated[str, AfterValidator(_level)]
Database = Annotated[str | None, AfterValidator(_database), Field(repr=False)]
Listen = Annotated[str, AfterValidator(_address)]
Amount = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(gt=0, allow_inf_nan=False)]

_USUAL: Final = Limits()
UNBOUNDED: Final = {
    "acts_a_second": 1e9,
    "acts_at_once": 1e9,
    "record_bytes_a_day": 1e15,
    "joins_a_day": 1e9,
    "drop_bytes": 256 * MIB,
}
"""Where a year is played in minutes, and where it is measured how much goes through."""


class Settings(BaseSettings):
    """`nats_url` names a message server that runs already; `views_url` a PostgreSQL database for the views."""

    model_config = SettingsConfigDict(env_prefix="RACCORDO_", frozen=True)

    data: Path = Path("data")
    http: Listen = "127.0.0.1:8080"
    nats: Listen = "127.0.0.1:4222"
    nats_url: str | None = None
    views_url: Database = None
    rebuild_views: bool = False
    office_name: str = "Network office"
    log_level: Level = "info"
    person_look_ups: Annotated[int, Field(ge=0)] = A_DAY
    """Persons (identifier, name and birth date) that one organisation may have looked up in a day; more are recorded
    all the same, and it is not told whether another organisation may know them."""
    room: int = 512 * 1024 * 1024
    """Free bytes on the disk below which nothing more is taken on, but from the network office."""
    reserve: Amount = 32 * MIB
    """Bytes that are kept free for the office: let go when it acts on a full disk, or the service starts on one."""

    acts_a_second: Share = _USUAL.acts_a_second
    acts_at_once: Share = _USUAL.acts_at_once
    record_bytes_a_day: Share = _USUAL.record_bytes_a_day
    dead_bytes: Amount = int(_USUAL.dead_bytes)
    drop_bytes: Annotated[int, Field(ge=64 * 1024)] = _USUAL.drop_bytes
    joins_a_day: Share = _USUAL.joins_a_day
    desk_share: Share = _USUAL.desk_share
    metrics_token: Token = Field(default=None, repr=False)
    """Asked for by /metrics, and by /health for more than whether the service is well; None lets anybody ask."""
    question_seconds: Annotated[float, Field(gt=0)] = 10
    """CPU that one question may use."""
    question_rows: Annotated[int, Field(gt=0)] = 1_000_000
    """Rows of the views that one question may read."""
    question_seconds_a_minute: Annotated[float, Field(gt=0)] = 20
    """CPU that the questions of one organisation may use in a minute."""

    @property
    def limits(self) -> Limits:
        """What each organisation may use; `Limits` says what each of them is."""
        return Limits(**{name: getattr(self, name) for name in Limits.__dataclass_fields__})


class PlaceSettings(BaseSettings):
    """`place` names where the data folder lives, instead of machine, device and path: for containers that move."""

    model_config = SettingsConfigDict(env_prefix="RACCORDO_", frozen=True)

    place: str | None = None


def faults_of(error: ValidationError) -> str:
    """A line for each setting that cannot be read: which, what is expected, an example. Its value may be a secret."""
    return "\n".join(map(_fault, error.errors(include_input=False, include_url=False)))


def _fault(fault: Mapping[str, Any]) -> str:
    name = str(fault["loc"][0])
    option = f" (--{name.replace('_', '-')})" if name in OPTIONS else ""
    usual = Settings.model_fields[name].default
    example = "" if usual is None else f", for example RACCORDO_{name.upper()}={_written(usual)}"
    return f"RACCORDO_{name.upper()}{option} cannot be read: {_expected(fault)}{example}"


def _expected(fault: Mapping[str, Any]) -> str:
    bounds: Mapping[str, Any] = fault.get("ctx", {})
    match fault["type"]:
        case "greater_than":
            return f"it must be more than {bounds['gt']:g}"
        case "greater_than_equal":
            return f"it must be at least {bounds['ge']:g}"
        case "value_error":
            return str(bounds["error"])
        case kind:
            return _KINDS.get(kind.partition("_")[0], "it has another form")


_KINDS: Final[Mapping[str, str]] = {
    "int": "a whole number is expected",
    "float": "a number is expected",
    "finite": "a number is expected",
    "bool": "true or false is expected",
}


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)


def host_port(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host, int(port)
