"""Adds to the golden record what the known story has and the record has not: `python -m tests.golden.grow`.

It only appends. A line once written is what some installation has on its record, and every later version must read it.
"""

import json
from base64 import b64decode, b64encode
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic_core import to_json

from adapters.mapper import cloud_event
from services.keyring import Key, Owner
from tests.examples import STORY
from tests.unit.given import sealed, story

HERE = Path(__file__).parent
RECORD, KEYS, DIGESTS = HERE / "record.jsonl", HERE / "keys.json", HERE / "record.sha256"


def lines() -> list[bytes]:
    return RECORD.read_bytes().splitlines() if RECORD.exists() else []


def digests() -> list[str]:
    return DIGESTS.read_text().split() if DIGESTS.exists() else []


def keys() -> dict[Owner, Key]:
    kept: list[dict[str, Any]] = json.loads(KEYS.read_text()) if KEYS.exists() else []
    return {Owner(k["subject"], k["organisation"], k["category"]): Key(k["key"], b64decode(k["secret"])) for k in kept}


def grow() -> int:
    """Return how many lines were added."""
    known = [json.loads(line) for line in lines()]
    told = {event["actid"] for event in known}
    versions = {event["subject"]: int(event["id"].rsplit("/", 1)[1]) for event in known}
    held, added = keys(), []
    for entry in story():
        if str(entry.act_id) not in told:
            version = versions.get(entry.originator_id, 0) + 1
            versions[entry.originator_id] = version
            added.append(to_json(cloud_event(sealed(replace(entry, originator_version=version), held))))
    with RECORD.open("ab") as record, DIGESTS.open("a") as kept:
        for line in added:
            record.write(line + b"\n")
            kept.write(sha256(line).hexdigest() + "\n")
    KEYS.write_text(json.dumps([_plain(o, k) for o, k in held.items()], indent=1) + "\n")
    return len(added)


def _plain(owner: Owner, key: Key) -> dict[str, str]:
    whose = {"subject": owner.subject, "organisation": owner.organisation, "category": owner.category}
    return {**whose, "key": key.id, "secret": b64encode(key.secret).decode()}


if __name__ == "__main__":
    print(f"{grow()} lines added of {len(STORY)}")
