"""A record of any length in little time: the acts of the load, sealed, but put there without asking the rules."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final

from eventsourcing.persistence import JSONTranscoder

from adapters.bench.site import Site
from adapters.bench.workload import Act, interleaved
from adapters.jetstream.factory import Factory
from adapters.keys import open_key_store
from adapters.mapper import EntryMapper
from domain.entry import Entry
from domain.skeleton import divide, lenient
from domain.submission import submission
from services.batch import Told, draft
from services.keyring import Keyring, owner_of, seal

AT_A_TIME: Final = 1_000
Moved = Callable[[int], None]


def fill(site: Site, cases: int, length: int, at_once: int, moved: Moved) -> int:
    """Write so many cases of so many entries, told in turns; return the position of the last."""
    acts = interleaved(site.workload(), site.new_cases(cases), cases, length, at_once)
    mapper = EntryMapper(JSONTranscoder())
    with closing(open_key_store(site.data)) as keys, closing(Factory(_environment(site))) as factory:
        recorder = factory.application_recorder()
        keyring, position = Keyring(keys), recorder.max_notification_id() or 0
        begun = datetime.now(UTC)
        while batch := list(islice(acts, AT_A_TIME)):
            entries = _entries(site, batch, keyring, begun + timedelta(milliseconds=position), position)
            stored = [mapper.to_stored_event(e) for e in entries]
            position = list(recorder.insert_events(stored))[-1]
            moved(position)
    return position


def _entries(site: Site, batch: list[tuple[int, Act]], keyring: Keyring, now: datetime, position: int) -> Iterator[Any]:
    drafts: list[Entry] = []
    for version, act in batch:
        sent = submission(act.body)
        drafts.append(draft(Told(site.organisations[act.by], sent), version, now, position))
    marked = [divide(d.act) for d in drafts]
    keys = keyring.keys(
        owner_of(part, d.originator_id, d.organisation)
        for d, (_, parts) in zip(drafts, marked, strict=True)
        for part in parts
    )
    for entry, (skeleton, parts) in zip(drafts, marked, strict=True):
        personal = tuple(
            seal(entry.id, part[1], fields, keys[owner_of(part, entry.originator_id, entry.organisation)])
            for part, fields in parts.items()
        )
        yield replace(entry, act=lenient(type(entry.act)).model_validate(skeleton), personal=personal)


def _environment(site: Site) -> dict[str, str]:
    return {"NATS_URL": site.url, "NATS_CREDS": site.service_creds}
