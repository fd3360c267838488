"""The catalogue of acts as a page: each with its fields, what is sealed of them and which list their codes are of."""

from collections.abc import Iterator
from typing import Any

from adapters.schemas.act import TIME, act_schema
from adapters.schemas.dialect import Schema
from domain.catalogue import ACTS
from domain.submission import Envelope

_OF_KIND = {
    "case": "Case: one person's path",
    "organisation": "Organisation",
    "agreement": "Agreement: between organisations, about places",
    "rulebook": "Rulebook: what the network office publishes",
}


def acts() -> str:
    """Markdown."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield "# The acts"
    yield ""
    yield "*Made from the code by `make docs`; the schemas stand beside it in `schemas/`.*"
    yield ""
    yield "A field that is **sealed** names its category of data. A code or class is of a list that the network office"
    yield "publishes; its words stand in `deploy/defaults/dictionary.json`. Fields in *italics* may be left out."
    yield ""
    yield "## What every act carries"
    yield ""
    yield from _table(act_schema("contact-made"), list(Envelope.model_fields))
    yield ""
    yield "`only_for` is for notes alone: the acts below that *may be narrowed*. On any other it is refused"
    yield "(`only-for.not-on-this-act`)."
    for kind, title in _OF_KIND.items():
        yield ""
        yield f"## {title}"
        for type_, act in ACTS.items():
            if act.kind == kind:
                yield from _act(type_, kind)


def _act(type_: str, kind: str) -> Iterator[str]:
    schema = act_schema(type_)
    names = [n for n in ACTS[type_].model_fields if n != "type"]
    yield ""
    yield f"### {type_}"
    yield ""
    if description := schema.get("description"):
        yield f"{description}"
        yield ""
    kinds = " or ".join(f"`{k}`" for k in (kind, *sorted(ACTS[type_].also_of)))
    narrowed = " *May be narrowed* by `only_for`." if ACTS[type_].may_be_narrowed else ""
    yield f"About: {kinds}. Schema: [`schemas/{type_}.json`](schemas/{type_}.json).{narrowed}"
    if names:
        yield ""
        yield from _table(schema, names)


def _table(schema: Schema, names: list[str]) -> Iterator[str]:
    yield "| field | form | |"
    yield "|---|---|---|"
    for name in names:
        field = schema["properties"][name]
        shown = f"`{name}`" if name in schema["required"] else f"*`{name}`*"
        yield f"| {shown} | {_form(field, schema)} | {_marks(field)} |"


def _marks(field: Schema) -> str:
    said = []
    if category := field.get("x-personal"):
        said.append(f"**sealed**: {category}" + (" (special)" if field.get("x-special") else ""))
    if name := field.get("x-list"):
        said.append(f"{'class' if field['x-list-of'] == 'classes' else 'code'} of the list `{name}`")
    if words := field.get("description"):
        said.append(words)
    return "; ".join(said)


def _form(field: Schema, schema: Schema) -> str:
    match field:
        case {"anyOf": options} | {"oneOf": options} if len(options) < 10:
            return " or ".join(_form(o, schema) for o in options if o != {"type": "null"})
        case {"oneOf": _}:
            return "an act"
        case {"$ref": ref}:
            return _inside(schema["$defs"][ref.rsplit("/", 1)[1]], schema)
        case {"enum": words}:
            return ", ".join(f"`{w}`" for w in words)
        case {"const": word}:
            return f"`{word}`"
        case {"type": "array", "items": items}:
            return f"list of {_form(items, schema)}"
        case {"type": "string", "format": form}:
            return {"uuid": "id (UUID)", "date-time": "time with zone"}.get(str(form), str(form))
        case {"type": "string", "pattern": pattern}:
            return _PATTERNS.get(pattern, "code")
        case {"type": "string"}:
            return f"text, up to {field['maxLength']}" if "maxLength" in field else "text"
        case {"type": "boolean"}:
            return "yes or no"
        case {"type": "integer"}:
            return "number"
        case _:
            return str(field.get("type", "any"))


_PATTERNS: dict[str, str] = {
    TIME["pattern"]: "time",
    "^o[a-z2-7]{12}$": "organisation",
    "^[a-z0-9][a-z0-9-]{0,63}$": "code",
    "^[a-z0-9][a-z0-9-]{0,127}$": "reference",
    "^A[A-Z2-7]{55}$": "public account key",
    "^[0-9a-f]{64}$": "SHA-256 in hex",
    "^[A-Z]{2}$": "country (ISO 3166)",
    "^[^\\x00-\\x08\\x0b-\\x1f\\x7f]*$": "text, published",
}


def _inside(model: Schema, schema: Schema) -> str:
    fields: dict[str, Any] = model["properties"]
    return "{" + ", ".join(f"{name}: {_form(field, schema)}" for name, field in fields.items()) + "}"
