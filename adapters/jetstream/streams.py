"""The streams as `deploy/nats/streams.json` defines them: created by an administrator, verified at every start."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any
from uuid import uuid4

from eventsourcing.persistence import InternalError

from adapters.jetstream.link import Address, Link
from adapters.jetstream.reply import ApiError, NoAnswer

OLDEST_SERVER = (2, 15, 0)
STREAM_NOT_FOUND = 10059
INCARNATION = "incarnation"
# what may differ from place to place without changing what the stream keeps
FREE = frozenset({"metadata", "description", "placement", "num_replicas"})
# how the server writes "not set", whatever the setting
UNSET: tuple[object, ...] = (None, False, 0, -1, "", "none", "default", [], {})


class StreamMissing(InternalError):
    """The stream does not exist: an administrator has to create it."""


class StreamDiffers(InternalError):
    """The stream or its server is not set up as the record needs it. Nothing is read or written there."""


@dataclass(frozen=True)
class StreamState:
    """What the server says of a stream."""

    incarnation: str
    first_seq: int
    last_seq: int
    replicas: int
    unique_subjects: bool  # the server itself refuses a second message on a subject


@dataclass(frozen=True)
class Definition:
    """A stream as it must be; what is `free` an administrator may set otherwise."""

    name: str
    config: Mapping[str, Any]
    free: frozenset[str] = FREE

    def renamed(self, name: str, prefix: str) -> "Definition":
        """The same rules for a stream of another name, its subjects below another prefix."""
        return Definition(name, {**self.config, "subjects": [f"{prefix}.>"]})

    @property
    def unique_subjects(self) -> bool:
        return bool(self.config.get("discard_new_per_subject"))


def definitions() -> dict[str, Definition]:
    text = files("deploy").joinpath("nats/streams.json").read_text(encoding="utf-8")
    return {name: Definition(name, config) for name, config in json.loads(text).items()}


def record_definition(name: str = "RECORD", prefix: str = "record") -> Definition:
    return definitions()["RECORD"].renamed(name, prefix)


def process_definition(name: str, prefix: str) -> Definition:
    """For a process recorder: its tracking subjects are written again and again, so no rule per subject."""
    rules = {key: value for key, value in definitions()["RECORD"].config.items() if "per_subject" not in key}
    return Definition(name, {**rules, "subjects": [f"{prefix}.>"]})


async def create(link: Link, wanted: Definition, *, replicas: int = 1, within: float = 5.0) -> StreamState:
    """Create the stream with an incarnation of its own, or verify the one that is there. Never updates."""
    try:
        return await verify(link, wanted, within=within)
    except StreamMissing:
        config = {
            **wanted.config,
            "name": wanted.name,
            "num_replicas": replicas,
            "metadata": {INCARNATION: str(uuid4())},
        }
        await link.api(f"STREAM.CREATE.{wanted.name}", config, within=within)
    return await verify(link, wanted, within=within)


async def verify(link: Link, wanted: Definition, *, within: float = 5.0) -> StreamState:
    """Read the stream's configuration back; StreamDiffers names every difference in one sentence."""
    if link.server_version < OLDEST_SERVER:
        found = ".".join(map(str, link.server_version))
        raise StreamDiffers(f"The server is {found}; below 2.15 it can tear a batch: refused")
    try:
        info = await link.api(f"STREAM.INFO.{wanted.name}", within=within)
    except ApiError as error:
        if error.code == STREAM_NOT_FOUND:
            raise StreamMissing(f"There is no stream {wanted.name}: create the streams first") from error
        raise
    if wrong := differences(wanted, info["config"]):
        raise StreamDiffers(f"Stream {wanted.name} is not as defined: {'; '.join(wrong)}")
    config, state = info["config"], info["state"]
    if state.get("num_deleted") and wanted.config.get("deny_delete"):
        raise StreamDiffers(f"Stream {wanted.name} has lost {state['num_deleted']} messages from its middle")
    return StreamState(
        incarnation=config.get("metadata", {}).get(INCARNATION, ""),
        first_seq=state["first_seq"],
        last_seq=state["last_seq"],
        replicas=config.get("num_replicas", 1),
        unique_subjects=bool(config.get("discard_new_per_subject")),
    )


def differences(wanted: Definition, config: Mapping[str, Any]) -> Sequence[str]:
    """What is set otherwise, and what is set that the definition leaves unset (also settings yet unknown)."""
    found = [
        f"{key} is {config.get(key)!r}, should be {value!r}"
        for key, value in wanted.config.items()
        if key not in wanted.free and config.get(key) != value
    ]
    found += [
        f"{key} is {value!r}, should not be set"
        for key, value in config.items()
        if key not in wanted.config and key not in wanted.free | {"name"} and value not in UNSET
    ]
    if not config.get("metadata", {}).get(INCARNATION):
        found.append("its metadata have no incarnation")
    return found


async def verify_sync(watcher: Address, *, within: float = 5.0) -> None:
    """Ask over the system account whether every write reaches the disk before it is acknowledged.

    A server that is being started may answer before JetStream is up: it cannot say yet.
    """
    link = await Link.open(watcher, within)
    try:
        answer = await link.ask("$SYS.REQ.SERVER.PING.JSZ", b'{"config":true}', within=within)
        found = json.loads(answer.data).get("data") or {}
    except ValueError as error:
        raise NoAnswer("What the message server tells of itself cannot be read") from error
    finally:
        await link.close()
    if found.get("disabled"):
        raise NoAnswer("JetStream is not up yet")
    if not found.get("config", {}).get("sync_always"):
        raise StreamDiffers("The server runs without sync_interval: always, it would lose what it acknowledged")


async def create_all(
    address: Address, *, there: Collection[str] = (), replicas: int = 1, within: float = 5.0
) -> dict[str, StreamState]:
    """Create or verify every stream of `streams.json`, as an administrator; those that are `there` are not created."""
    link = await Link.open(address, within)
    try:
        found = {name: await verify(link, definitions()[name], within=within) for name in there}
        for name, wanted in definitions().items():
            found[name] = await create(link, wanted, replicas=replicas, within=within)
        return found
    finally:
        await link.close()
