"""An act as a partner sends it: one JSON object with who, when and the fields of the act."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import Field, StringConstraints, ValidationError
from pydantic_core import to_json

from domain.catalogue import ACTS, KINDS, read_act
from domain.entry import Act, Evidence, OrganisationId, Token
from domain.facts import dataclass
from domain.faults import malformed
from domain.finding import acts_in, has_field
from domain.form import Form
from domain.json_text import read_json
from domain.moment import Moment, Precision, moment
from domain.refusal import Malformed

LARGEST: Final = 64 * 1024
"""Bytes an act may have."""

_ORGANISATION = re.compile(r"o[a-z2-7]{12}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")  # `UUID` itself takes braces, 0x and more


class Envelope(Form):
    """What every act carries beside its own fields."""

    act_id: UUID
    occurred_at: Annotated[str, StringConstraints(max_length=40)]
    precision: Precision | None = None
    practitioner: UUID
    on_behalf_of: OrganisationId | None = None
    evidence: Evidence = "own"
    only_for: Annotated[tuple[OrganisationId, ...], Field(max_length=100)] | None = None
    imported_from: Token | None = None
    dry_run: bool = False


_ENVELOPE = frozenset(Envelope.model_fields)


@dataclass(frozen=True, slots=True)
class Submission:
    """A well-formed act with its envelope; nothing is said yet about whether the record takes it."""

    record: str
    act: Act
    act_id: UUID
    occurred: Moment
    practitioner: UUID
    on_behalf_of: str | None
    evidence: Evidence
    only_for: tuple[str, ...] | None
    imported_from: str | None
    dry_run: bool


def submission(body: bytes) -> Submission:
    """Read an act; refused with every fault that is found in its form."""
    if len(body) > LARGEST:
        raise Malformed("act.too-large", bytes=len(body), most=LARGEST)
    fields = _object(body)
    if "specversion" in fields:  # a structured CloudEvent carries the same as its data
        fields = _mapping(fields.get("data"), "data")
    kind = _kind(fields)
    envelope = {name: fields[name] for name in _ENVELOPE if name in fields}
    act = {name: value for name, value in fields.items() if name not in _ENVELOPE and name != kind}
    wrong: list[tuple[str, str]] = []
    try:
        record = record_id(kind, fields[kind])
    except Malformed as fault:
        record = ""
        wrong += fault.fields
    try:
        told = Envelope.model_validate_json(to_json(envelope), strict=True)
    except ValidationError as error:
        raise malformed(error, Envelope, wrong) from None
    read = read_act(act, kind)
    if wrong:
        raise Malformed("form.unreadable", wrong)
    if told.on_behalf_of and told.evidence == "own":
        raise Malformed("form.unreadable", [("evidence", "evidence.needed-on-behalf")])
    occurred = moment(told.occurred_at, told.precision)
    _check_born(read, occurred)
    return Submission(
        record=record,
        act=read,
        act_id=told.act_id,
        occurred=occurred,
        practitioner=told.practitioner,
        on_behalf_of=told.on_behalf_of,
        evidence=told.evidence,
        only_for=told.only_for,
        imported_from=told.imported_from,
        dry_run=told.dry_run,
    )


@dataclass(frozen=True, slots=True)
class Named:
    """What something says of itself, in so far as it is sound; `None` where it is not."""

    act_id: str | None = None
    type: str | None = None
    record: str | None = None


def named(body: bytes) -> Named:
    """Never refuses: it is for the answer to what may not be an act at all."""
    try:
        fields = _object(body)
        fields = _mapping(fields.get("data"), "data") if "specversion" in fields else fields
    except Malformed:
        return Named()
    type_, act_id = fields.get("type"), fields.get("act_id")
    try:
        kind = _kind(fields)
        record = record_id(kind, fields[kind])
    except Malformed:
        record = None
    return Named(
        act_id=str(UUID(act_id)) if isinstance(act_id, str) and _UUID.fullmatch(act_id) else None,
        type=type_ if isinstance(type_, str) and type_ in ACTS else None,
        record=record,
    )


def _check_born(act: Act, occurred: Moment) -> None:
    """Only here is it seen when somebody was born: from here on it is sealed, and no rule knows it."""
    if has_field(type(act), "person"):
        born = getattr(act.person, "born", None)  # type: ignore[attr-defined]
        if born and born > occurred.latest.date():
            raise Malformed("form.unreadable", [("person.born", "birth.after-the-act")])
    for _, inner in acts_in(act):
        _check_born(inner, occurred)


def _kind(fields: Mapping[str, Any]) -> str:
    """Which kind of record the act is for; the field `organisation` of an act of the case does not count."""
    type_ = fields.get("type")
    known = ACTS.get(type_) if isinstance(type_, str) else None
    kind = next((kind for kind in _kinds(known) if kind in fields), None)
    if kind is None:
        raise Malformed("form.unreadable", [(known.kind if known else "case", "field.missing")])
    return kind


@cache
def _kinds(act: type[Act] | None) -> tuple[str, ...]:
    """Under which names the id of the record may stand, the act's own kind first."""
    others = (kind for kind in sorted(KINDS) if not (act and has_field(act, kind)))
    return (*([act.kind] if act else []), *others)


def record_id(kind: str, id_: object) -> str:
    """`<kind>/<id>`, with the id in its one canonical form."""
    if kind == "organisation":
        if isinstance(id_, str) and _ORGANISATION.fullmatch(id_):
            return f"organisation/{id_}"
        raise Malformed("form.unreadable", [(kind, "id.not-an-organisation")])
    uuid = UUID(id_) if isinstance(id_, str) and _UUID.fullmatch(id_) else None
    if uuid is None or uuid.version not in (4, 7):
        raise Malformed("form.unreadable", [(kind, "id.not-a-uuid")])
    return f"{kind}/{uuid}"


def _object(body: bytes) -> Mapping[str, Any]:
    return _mapping(read_json(body), "")


def _mapping(value: object, path: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise Malformed("form.unreadable", [(path, "form.not-an-object")])
    return value
