"""The form of an act as a partner sends it, made from the catalogue."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache
from typing import Any, Final, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from adapters.schemas.dialect import DIALECT, UUID_FORM, Schema
from domain.case.about import AboutAct
from domain.catalogue import ACTS
from domain.entry import SPECIAL, Act, FromList, Part
from domain.skeleton import mark
from domain.submission import Envelope

_UUID: Final[Schema] = {
    **UUID_FORM,
    "description": "UUID of version 7, made by whoever opens the record (version 4 is accepted)",
}
TIME: Final[Schema] = {
    "type": "string",
    "maxLength": 40,
    "pattern": r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2}([Tt ][0-9:.]+([Zz]|[+-][0-9]{2}:?[0-9]{2}))?)?)?$",
    "description": "When it happened: an instant with its zone, or a day, a month, a year",
    "examples": ["2026-03-02T12:00:00+01:00", "2026-03-02", "2026-03"],
}
_DESCRIBED: Final[Mapping[str, str]] = {
    "act_id": "Chosen by the sender; the same one again is answered as the first time, for ever",
    "precision": "Coarser than the time is told, never finer",
    "practitioner": "Who acted: an opaque id of the sender's",
    "on_behalf_of": "The organisation for which it is told; then evidence is needed",
    "evidence": "How the sender knows",
    "only_for": "Narrows who may see it, never widens",
    "imported_from": "The old register it comes from",
    "dry_run": "Answered as if; nothing is recorded",
}


def act_schema(type_: str) -> Schema:
    """The form of one act as a partner sends it: who and when beside the fields of the act."""
    act = ACTS[type_]
    inside = _body(type_)
    envelope = _envelope()
    if not act.may_be_narrowed:
        envelope["properties"]["only_for"]["description"] = "Refused on this act, which is no note: leave it out"
    definitions = {**envelope.pop("$defs", {}), **inside.pop("$defs", {})}
    record = _organisation_id() if act.kind == "organisation" else _UUID
    kinds = [act.kind, *sorted(act.also_of)]
    return {
        "$schema": DIALECT,
        "$id": f"urn:raccordo:act:{type_}",
        "title": type_,
        **({"description": inside["description"]} if "description" in inside else {}),
        "type": "object",
        "properties": {
            "type": {"const": type_},
            **{kind: deepcopy(record) for kind in kinds},
            **envelope["properties"],
            **{name: field for name, field in inside["properties"].items() if name != "type"},
        },
        "required": [
            "type",
            *(kinds if len(kinds) == 1 else []),
            *envelope["required"],
            *(n for n in inside["required"] if n != "type"),
        ],
        "additionalProperties": False,
        **({"oneOf": [{"required": [kind]} for kind in kinds]} if len(kinds) > 1 else {}),
        "if": {"required": ["on_behalf_of"], "properties": {"on_behalf_of": {"type": "string"}}},
        "then": {"required": ["evidence"], "properties": {"evidence": {"not": {"const": "own"}}}},
        **({"$defs": definitions} if definitions else {}),
    }


def _envelope() -> Schema:
    schema: Schema = _plain(Envelope.model_json_schema())
    schema["properties"]["occurred_at"] = deepcopy(TIME)
    for name, words in _DESCRIBED.items():
        schema["properties"][name]["description"] = words
    return schema


@cache
def _made(type_: str) -> Schema:
    act = ACTS[type_]
    schema: Schema = _plain(act.model_json_schema())
    schema.setdefault("required", [])
    if "description" in schema:
        schema["description"] = " ".join(schema["description"].split())
    for part in _parts(act):
        _with_marks(schema["$defs"][part.__name__], part)
    _with_marks(schema, act)
    for name, field in act.model_fields.items():
        if field.annotation is Act:  # a whole act inside an act
            _with_acts(schema, name)
    return schema


def _parts(model: Any) -> Iterator[type[Part]]:
    """The groups of fields inside an act."""
    for field in model.model_fields.values():
        todo = [field.annotation]
        while todo:
            if isinstance(part := todo.pop(), type) and issubclass(part, Part):
                yield part
            todo += get_args(part)


def _body(type_: str) -> Schema:
    return deepcopy(_made(type_))


def _with_marks(schema: Schema, model: type[BaseModel]) -> None:
    for name, field in model.model_fields.items():
        _marked(schema["properties"][name], field)


def _marked(schema: Schema, field: FieldInfo) -> None:
    """Say of a field that it is sealed, with which category, and which published list its codes are of."""
    if personal := mark(field):
        schema["x-personal"] = personal.category
        if personal.category in SPECIAL:
            schema["x-special"] = True
    for found in field.metadata:
        if isinstance(found, FromList):
            schema["x-list"] = found.name
            schema["x-list-of"] = "classes" if found.by_class else "codes"


def _with_acts(schema: Schema, name: str) -> None:
    definitions = schema.setdefault("$defs", {})
    inside = [t for t, act in ACTS.items() if act.kind == "case" and not issubclass(act, AboutAct)]
    for type_ in inside:
        body = _body(type_)
        definitions |= body.pop("$defs", {})
        body["properties"]["type"] = {"const": type_}
        body["required"] = ["type", *(n for n in body["required"] if n != "type")]
        definitions[f"act-{type_}"] = body
    definitions.pop("Act", None)
    described = {"description": "The whole act of the same type, as it should have been told"}
    schema["properties"][name] = {"oneOf": [{"$ref": f"#/$defs/act-{t}"} for t in inside], **described}


def _organisation_id() -> Schema:
    return {"type": "string", "pattern": "^o[a-z2-7]{12}$", "description": "As the directory has it"}


def _plain(schema: Any) -> Any:
    """Without the titles that pydantic makes of names."""
    if isinstance(schema, dict):
        return {k: _plain(v) for k, v in schema.items() if not (k == "title" and isinstance(v, str))}
    if isinstance(schema, list):
        return [_plain(each) for each in schema]
    return schema
