"""What may come in at the doors: acts and questions nearly right, and rubbish; for hypothesis to choose from."""

import json
import re
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

from adapters.asking import QUERIES
from adapters.web.queries import DOORS
from domain.catalogue import ACTS

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40) | st.datetimes().map(str),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
IDS = st.uuids().map(str) | st.sampled_from(["", "-", "0", "x" * 300, str(uuid.UUID(int=0))])
FIELDS = sorted({name for act in ACTS.values() for name in act.model_fields})
TIMES = (
    st.sampled_from(["2026-11-20", "2026-11-20T10:00:00+01:00", "2026", "9999-12-31", "0001-01-01", "1e9", ""]) | JSON
)
KINDS = ("case", "organisation", "rulebook", "agreement")
TOKENS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Z"], exclude_characters=".*>"),
    min_size=1,
    max_size=60,
)
HEADERS = st.dictionaries(
    st.sampled_from(["Accept-Language", "Nats-Request-Info", "Content-Type", "ce-type", "ce-specversion", "X-Any"]),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=60),
    max_size=3,
)


@dataclass(frozen=True, slots=True)
class Message:
    """`rest` stands in the subject behind the organisation."""

    rest: str
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class HttpRequest:
    method: str
    path: str
    body: bytes
    headers: dict[str, str]


def _encoded(body: Any) -> bytes:
    return json.dumps(body, default=str).encode("utf-8", "surrogatepass")


@st.composite
def nearly_acts(draw: st.DrawFn) -> dict[str, Any]:
    """A type and an envelope as they should be, and then some fields anyhow."""
    type_, kind = draw(st.sampled_from(sorted(ACTS))), draw(st.sampled_from(KINDS))
    act: dict[str, Any] = {
        "type": type_,
        ACTS[type_].kind if draw(st.booleans()) else kind: draw(IDS),
        "act_id": draw(IDS),
        "occurred_at": draw(TIMES),
        "practitioner": draw(IDS),
    }
    own = sorted(ACTS[type_].model_fields)
    act |= draw(st.dictionaries(st.sampled_from(own) | st.sampled_from(FIELDS), JSON | IDS | TIMES, max_size=8))
    for name in draw(st.sets(st.sampled_from(sorted(act)), max_size=2)):
        del act[name]
    return act


BODIES = nearly_acts().map(_encoded) | JSON.map(_encoded) | st.binary(max_size=300)
LARGE = st.integers(60_000, 100_000).map(lambda size: b'{"type":"case-opened","x":"' + b"a" * size + b'"}')


@st.composite
def live_messages(draw: st.DrawFn) -> Message:
    if draw(st.booleans()):
        act = draw(nearly_acts())
        kind = next((k for k in KINDS if k in act), "case")
        tokens = [kind, _token(act.get(kind)), _token(act.get("type"))]
        return Message(".".join(tokens), _encoded(act), draw(HEADERS))
    rest = ".".join(draw(st.lists(TOKENS, min_size=1, max_size=5)))
    return Message(rest, draw(BODIES | LARGE if draw(st.integers(0, 30)) == 0 else BODIES), draw(HEADERS))


def _token(value: Any) -> str:
    text = str(value)
    plain = text.isascii() and text.replace("-", "").isalnum()
    return text if plain else "none"


@st.composite
def parameters(draw: st.DrawFn) -> dict[str, Any]:
    names = sorted({name for model in QUERIES.values() for name in model.model_fields} - {"timeout"})
    found: dict[str, Any] = draw(st.dictionaries(st.sampled_from(names) | st.text(max_size=8), JSON | IDS, max_size=4))
    return {**found, "timeout": draw(st.sampled_from([0, 0.01, -1, "x", 0]))}  # to wait is tried elsewhere


@st.composite
def questions(draw: st.DrawFn) -> Message:
    query = draw(st.sampled_from([*QUERIES, *QUERIES, "nothing"]) | TOKENS)
    body = parameters().map(_encoded) | st.sampled_from([b"", b"{", b"[]", b"\xff", b"null"])
    return Message(query, draw(body), draw(HEADERS))


@st.composite
def http_requests(draw: st.DrawFn) -> HttpRequest:
    questions = [f"/api/{door.path or door.query}" for door in DOORS]
    others = ["/api/acts", "/health", "/metrics", "/schemas/{name}", "/openapi.json", "/asyncapi.json", "/{any}"]
    path = draw(st.sampled_from(questions) | st.sampled_from(others))
    path = re.sub(r"\{[^}]*\}", quote(draw(IDS), safe=""), path)
    asked = draw(parameters())
    query = "&".join(f"{quote(str(k), errors='replace')}={quote(str(v), errors='replace')}" for k, v in asked.items())
    method = draw(st.sampled_from([*["GET"] * 6, "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"]))
    return HttpRequest(method, f"{path}?{query}", draw(BODIES) if method != "GET" else b"", draw(HEADERS))
