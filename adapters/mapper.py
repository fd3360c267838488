"""Entries as the store keeps them: one structured CloudEvent, under the act's own type, never under a Python path."""

from collections.abc import Callable
from collections.abc import Mapping as Fields
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, Notification, StoredEvent
from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from domain.catalogue import ACTS, read_stored
from domain.entry import Entry, OfUnknownKind, SealedPart
from domain.moment import Moment
from domain.record_id import kind_of
from domain.refusal import Refused
from domain.skeleton import divide
from services.timetext import instant

SCHEMA_VERSION = 1
NO_TIME = datetime.fromtimestamp(0, UTC)
NOBODY = UUID(int=0)

_uuid: Callable[[str], UUID] = TypeAdapter(UUID).validator.validate_python
"""Takes a tenth of what `UUID` takes, which looks for braces and other ways to write one."""


class UnreadableEntryError(Exception):
    """An entry on the record that this version of the software cannot read; the record is never at fault for it."""


class EntryMapper(Mapper[str]):
    def to_stored_event(self, domain_event: DomainEventProtocol[str]) -> StoredEvent:
        entry = cast("Entry", domain_event)
        return StoredEvent(entry.originator_id, entry.originator_version, entry.act.type, to_json(cloud_event(entry)))

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[str]:
        return cast("DomainEventProtocol[str]", read_entry(stored_event))


def cloud_event(entry: Entry) -> dict[str, Any]:
    """The entry as on the record; `format.md` names each attribute."""
    return {
        "specversion": "1.0",
        "id": entry.id,
        "source": entry.organisation,
        "type": entry.act.type,
        "subject": entry.originator_id,
        "time": utc(entry.occurred.time),
        "timeprecision": entry.occurred.precision,
        "recordedtime": utc(entry.recorded_at),
        "dataschema": f"{entry.act.type}/{SCHEMA_VERSION}",
        "actid": str(entry.act_id),
        "practitioner": str(entry.practitioner),
        "onbehalfof": entry.on_behalf_of,
        "evidence": entry.evidence,
        "onlyfor": entry.only_for,
        "importedfrom": entry.imported_from,
        "correlationid": str(entry.correlation_id) if entry.correlation_id else None,
        "causationid": entry.causation_id,
        "knownat": entry.known_at,
        **(_if_so(entry) if entry.claim or entry.confirms else {}),
        "data": {
            "act": divide(entry.act)[0],
            "personal": [{"category": p.category, "key": p.key, "sealed": p.sealed} for p in entry.personal],
        },
    }


def _if_so(entry: Entry) -> dict[str, bool]:
    """Attributes that came later; left out where they say nothing, so that older entries keep their bytes."""
    found = {"claim": entry.claim, "confirms": entry.confirms}
    return {name: True for name, value in found.items() if value}


def read_entry(stored: StoredEvent) -> Entry:
    """Read leniently: what is stored was judged when it was entered. A kind of a later version is passed through."""
    position = stored.id if isinstance(stored, Notification) else 0
    if kind_of(str(stored.originator_id)) is None:
        return _unknown(stored, position)
    try:
        fields = from_json(stored.state)
        if stored.topic not in ACTS:
            raise UnreadableEntryError(f"entry {position} is of the unknown type {stored.topic!r}")
        return _entry(fields, stored, position)
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError, Refused) as error:
        raise UnreadableEntryError(f"entry {position} cannot be read ({type(error).__name__})") from error


def _entry(fields: Fields[str, Any], stored: StoredEvent, position: int) -> Entry:
    data = fields["data"]
    only_for = fields.get("onlyfor")
    correlation = fields.get("correlationid")
    return Entry(
        originator_id=cast("str", stored.originator_id),
        originator_version=stored.originator_version,
        act=read_stored(data["act"], stored.topic),
        organisation=fields["source"],
        act_id=_uuid(fields["actid"]),
        occurred=Moment(datetime.fromisoformat(fields["time"]), fields["timeprecision"]),
        recorded_at=datetime.fromisoformat(fields["recordedtime"]),
        practitioner=_practitioner(fields["practitioner"]),
        on_behalf_of=fields.get("onbehalfof"),
        evidence=fields.get("evidence", "own"),
        only_for=tuple(only_for) if only_for is not None else None,
        imported_from=fields.get("importedfrom"),
        correlation_id=_uuid(correlation) if correlation else None,
        causation_id=fields.get("causationid"),
        known_at=fields.get("knownat", 0),
        personal=tuple(SealedPart(p["category"], p["key"], p["sealed"]) for p in data["personal"]),
        position=position,
        claim=fields.get("claim", False),
        confirms=fields.get("confirms", False),
    )


def _unknown(stored: StoredEvent, position: int) -> Entry:
    """An entry of which only its place and its time are known; the time too may stand there otherwise."""
    try:
        recorded = datetime.fromisoformat(from_json(stored.state)["recordedtime"]).astimezone(UTC)
    except (ValueError, KeyError, TypeError, OverflowError):
        recorded = NO_TIME
    return Entry(
        originator_id=str(stored.originator_id),
        originator_version=stored.originator_version,
        act=OfUnknownKind(type=stored.topic, stored=stored.state),
        organisation="",
        act_id=NOBODY,
        occurred=Moment(recorded, "instant"),
        recorded_at=recorded,
        practitioner=NOBODY,
        position=position,
    )


@lru_cache(1024)
def utc(time: datetime) -> str:
    """RFC 3339 in UTC, to the microsecond only where there is one."""
    return instant(time)


@lru_cache(4096)
def _practitioner(text: str) -> UUID:
    """Few tell much of a record: each is read once, and stands in memory once."""
    return _uuid(text)
