"""The doors by message as an AsyncAPI 3 document, made from the catalogue: every act with its answer."""

from typing import Any, Final

from adapters.asking import QUERIES
from adapters.asyncapi_drop import ASK_ANSWERS, DROP_CHANNELS, DROP_OPERATIONS, ID, ORGANISATION
from adapters.schemas.answer import answer_schema
from domain.catalogue import ACTS

Document = dict[str, Any]


def asyncapi() -> Document:
    channels: Document = {}
    operations: Document = {}
    for type_, act in ACTS.items():
        kind = "{kind}" if act.also_of else act.kind
        address = f"in.{{organisation}}.{kind}.{{id}}.{type_}"
        parameters: Document = {"organisation": ORGANISATION, "id": ID}
        if act.also_of:
            parameters["kind"] = {"enum": [act.kind, *sorted(act.also_of)]}
        message = {"name": type_, "contentType": "application/json", "payload": {"$ref": f"./schemas/{type_}.json"}}
        channels[type_] = _channel(address, parameters, message)
        operations[f"tell {type_}"] = _asked(type_, (act.__doc__ or type_).strip(), "answer")
    for query, question in QUERIES.items():
        message = {"name": query, "contentType": "application/json", "payload": _inline(question.model_json_schema())}
        channels[f"ask {query}"] = _channel(f"ask.{{organisation}}.{query}", {"organisation": ORGANISATION}, message)
        operations[f"ask {query}"] = _asked(f"ask {query}", (question.__doc__ or query).strip(), "found")
    channels["answer"] = {"address": None, "messages": {"answer": {"payload": answer_schema()}}}
    channels["found"] = {"address": None, "messages": {"found": {"payload": _FOUND}}}
    channels |= DROP_CHANNELS
    operations |= DROP_OPERATIONS
    channels["ask answers"] = _channel("ask.{organisation}.answers", {"organisation": ORGANISATION}, ASK_ANSWERS)
    operations["ask answers"] = _asked(
        "ask answers", "What became of what was handed in, oldest first", "answers found"
    )
    channels["feed"] = _FEED
    operations["follow"] = {
        "action": "send",
        "channel": {"$ref": "#/channels/feed"},
        "description": "Pulled from the durable consumer `me` of stream FEED, API prefix `core.API`; acknowledged.",
    }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Raccordo",
            "version": "1",
            "description": "Acts in by request or handed in, each with its final answer; queries; the feed by pull.",
            "license": {"name": "EUPL-1.2"},
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
    }


def _channel(address: str, parameters: Document, message: Document) -> Document:
    return {"address": address, "parameters": parameters, "messages": {message["name"]: message}}


def _asked(channel: str, description: str, reply: str) -> Document:
    return {
        "action": "receive",
        "channel": {"$ref": f"#/channels/{channel}"},
        "description": " ".join(description.split()),
        "reply": {
            "address": {"location": "$message.header#/reply", "description": "The reply subject of the request"},
            "channel": {"$ref": f"#/channels/{reply}"},
        },
    }


def _inline(schema: Document) -> Document:
    return {name: value for name, value in schema.items() if name != "title"}


_POSITION: Final = {"type": "integer", "minimum": 0, "description": "Where the view, or the entry, stands"}

_FOUND: Final[Document] = {
    "type": "object",
    "description": "What was asked for; a refusal has the form of an answer to an act",
    "properties": {"position": _POSITION, "outcome": {"enum": ["not yet", "refused", "try later"]}},
}

_FEED: Final[Document] = {
    "address": "feed.{organisation}.entry.{kind}.{id}.{type}",
    "parameters": {"organisation": ORGANISATION, "kind": {}, "id": ID, "type": {}},
    "messages": {
        "entry": {
            "contentType": "application/json",
            "payload": {
                "type": "object",
                "properties": {
                    "incarnation": {
                        "type": "string",
                        "description": "Of the record; another one than before: it was restored, take the feed anew",
                    },
                    "id": {"type": "string", "description": "<position>/<because>: the same one is the same message"},
                    "position": _POSITION,
                    "because": {**_POSITION, "description": "The entry itself, or the one that opened or changed it"},
                    "previous": {
                        "type": ["string", "null"],
                        "description": "The id of the one before: a gap shows",
                    },
                    "masked": {"type": "boolean"},
                    "categories": {"type": "array", "items": {"type": "string"}},
                    "entry": {
                        "type": "object",
                        "description": "The CloudEvent of the record without its sealed parts; absent if masked",
                    },
                },
                "required": ["incarnation", "id", "position", "because", "previous", "masked", "categories"],
            },
        }
    },
}
