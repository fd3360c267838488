"""What can be set: by the command line or as RACCORDO_… in the environment."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


def _address(text: str) -> str:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or not 0 <= int(port) <= 65535:
        raise ValueError("an address is HOST:PORT, for example 127.0.0.1:8080 (port 0: the system chooses)")
    return text


Listen = Annotated[str, AfterValidator(_address)]


class Settings(BaseSettings):
    """`nats_url` names a message server that runs already; `views_url` a PostgreSQL database for the views."""

    model_config = SettingsConfigDict(env_prefix="RACCORDO_", frozen=True)

    data: Path = Path("data")
    http: Listen = "127.0.0.1:8080"
    nats: Listen = "127.0.0.1:4222"
    nats_url: str | None = None
    views_url: str | None = None
    rebuild_views: bool = False
    office_name: str = "Network office"
    log_level: str = "info"
    room: int = 512 * 1024 * 1024
    """Free bytes on the disk below which nothing more is taken on."""
    question_seconds: Annotated[float, Field(gt=0)] = 10
    """CPU that one question may use."""
    question_rows: Annotated[int, Field(gt=0)] = 1_000_000
    """Rows of the views that one question may read."""
    question_seconds_a_minute: Annotated[float, Field(gt=0)] = 20
    """CPU that the questions of one organisation may use in a minute."""


def faults_of(error: ValueError | KeyError) -> str:
    """What is wrong with a setting, in a sentence."""
    if isinstance(error, ValidationError):
        return str(error.errors()[0]["msg"]).removeprefix("Value error, ")
    return f"no such log level: {error.args[0]}"


def host_port(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host, int(port)
