"""After a full run no marked field stands in clear anywhere: not in a file, a subject, a message, a log or an error."""

import asyncio
import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

from adapters.partner import Partner, partner
from domain.entry import FromList
from domain.skeleton import divide
from tests import examples
from tests.acceptance.streams import stored
from tests.running_service import Member, RunningService, running_service


def told(value: Any) -> Iterator[str]:
    """The texts in a marked value."""
    match value:
        case str():
            yield value
        case dict():
            for each in value.values():
                yield from told(each)
        case list() | tuple():
            for each in value:
                yield from told(each)
        case _:
            pass  # numbers and dates


def secrets_of(story: list[examples.Told]) -> set[str]:
    """Every marked text of the story that is long enough to be found; what is published anyway is no secret."""
    found: set[str] = set()
    for each in story:
        act = each.act()
        codes = {n for n, f in type(act).model_fields.items() if any(isinstance(m, FromList) for m in f.metadata)}
        for fields in divide(act)[1].values():
            found |= {text for name, value in fields.items() if name not in codes for text in told(value)}
    published = "".join(path.read_text("utf-8") for path in examples.DEFAULTS.glob("*.json"))
    return {text for text in found if len(text) >= 8 and text not in published and not is_id(text)}


def is_id(text: str) -> bool:
    """It stands beside a marked text to say whose it is, and in clear where that is planned."""
    with suppress(ValueError):
        return str(UUID(text)) == text
    return False


def renamed(body: dict[str, Any], ids: dict[str, str]) -> dict[str, Any]:
    text = json.dumps(body)
    for example, real in ids.items():
        text = text.replace(example, real)
    changed: dict[str, Any] = json.loads(text)
    return changed


async def play(service: RunningService, members: dict[str, Member], secrets: set[str]) -> None:
    """The whole story, told right, told wrong, and asked for."""
    ids = {name: member.id for name, member in members.items()}
    speaking: dict[str, Partner] = {}
    connections = [partner(service.running.nats, member.creds) for member in members.values()]
    for name, connection in zip(members, connections, strict=True):
        speaking[name] = await connection.__aenter__()
    position = 0
    for each in STORY:
        if each.by not in speaking:
            continue  # the office's own acts are made by the service
        body = renamed(dict(each.body), ids)
        # Wrong in every way first: what is refused must not come out in an error or a log either.
        await speaking[each.by].act(body | {"unheard-of": min(secrets)})
        await speaking[each.by].act(body | {"practitioner": min(secrets)})
        answer = await speaking[each.by].act(body)
        position = max(position, answer.get("position") or 0)
        await speaking[each.by].act(body)
    for name, speaks in speaking.items():
        board = await speaks.ask("board", {"after": position, "timeout": 20})
        for line in board["cases"]:
            await speaks.ask("timeline", {"case": line["case"]})
            await asyncio.to_thread(service.http, "GET", f"/api/cases/{line['case']}", members[name].token)
        await speaks.ask("board", {"name": min(secrets)})
        await speaks.ask("entries", {"positions": ["no number", min(secrets)]})
    for connection in connections:
        await connection.__aexit__(None, None, None)


STORY = [each for each in examples.STORY if not each.record.startswith(("organisation/", "rulebook/"))]


async def test_no_marked_field_is_found_in_clear(tmp_path: Path) -> None:
    secrets = secrets_of(STORY)
    assert len(secrets) > 10
    with running_service(tmp_path / "data", environment={"RACCORDO_LOG_LEVEL": "debug"}) as service:
        kinds = {
            examples.CENTRE: "employment-centre",
            examples.COOP: "social-cooperative-b",
            examples.OTHER_COOP: "social-cooperative-a",
            examples.HEALTH: "mental-health-service",
            examples.TRAINER: "trainer",
            examples.PAPER: "company",
        }
        members = {id_: await asyncio.to_thread(service.add, f"Nome {id_}", kind) for id_, kind in kinds.items()}
        await play(service, members, secrets)
        opened = json.dumps(await _seen_by(service, members[examples.CENTRE]), ensure_ascii=False)
        assert any(secret in opened for secret in secrets), "nothing was opened: the test would find nothing anywhere"
        messages = [m for stream in ("RECORD", "FEED") for m in await stored(service, stream)]
        assert len(messages) > len(STORY)
        service.stop()
        assert '"level": "debug"' in service.log.read_text(), "the log did not say all it can"
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert any("views" in str(path) for path in files)
        said = [m.subject.encode() + repr(m.headers).encode() + m.data for m in messages]
        haystack = [*said, *(path.read_bytes() for path in files)]
    secrets |= {f"Nome {id_}" for id_ in kinds}
    leaks = {secret for secret in secrets for form in forms(secret) for hay in haystack if form in hay}
    assert leaks == set()


def forms(secret: str) -> Iterator[bytes]:
    """As it might be written."""
    yield secret.encode()
    yield secret.encode("utf-16-le")
    yield json.dumps(secret)[1:-1].encode()
    yield b64encode(secret.encode()).rstrip(b"=")[:-1]


async def _seen_by(service: RunningService, member: Member) -> list[Any]:
    async with partner(service.running.nats, member.creds) as speaks:
        board = await speaks.ask("board")
        return [await speaks.ask("timeline", {"case": line["case"]}) for line in board["cases"]]
