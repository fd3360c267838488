"""The drop door in the AsyncAPI document: what is handed in, and where it is answered."""

from typing import Any, Final

from domain.catalogue import ACTS

Document = dict[str, Any]

ORGANISATION: Final = {"description": "The id of the organisation that speaks: only its own account reaches it"}
ID: Final = {"description": "The id of the record: a UUID, or that of an organisation"}

_WHERE: Final[Document] = {"organisation": ORGANISATION, "kind": {}, "id": ID, "type": {}}

_DROP: Final[Document] = {
    "address": "drop.{organisation}.{kind}.{id}.{type}",
    "parameters": _WHERE,
    "messages": {
        "act": {
            "contentType": "application/json",
            "headers": {
                "type": "object",
                "properties": {
                    "Nats-Msg-Id": {"type": "string", "description": "Within two minutes the same one is stored once"},
                    "Accept-Language": {"enum": ["en", "it"], "description": "Of the sentences in the answer"},
                },
            },
            "payload": {"oneOf": [{"$ref": f"./schemas/{type_}.json"} for type_ in ACTS]},
        }
    },
}

_DROPPED_ANSWER: Final[Document] = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "description": "answer/<dropped>"},
        "dropped": {"type": "integer", "minimum": 1, "description": "The sequence that the acknowledgement told"},
        "act_id": {"type": ["string", "null"], "description": "As the act told it, where that could be read"},
        "type": {"type": ["string", "null"]},
        "record": {"type": ["string", "null"], "description": "<kind>/<id>"},
        "answer": {"$ref": "./schemas/answer.json"},
    },
    "required": ["id", "dropped", "act_id", "type", "record", "answer"],
}

_ANSWERS: Final[Document] = {
    "address": "feed.{organisation}.answer.{kind}.{id}.{type}",
    "parameters": _WHERE,
    "messages": {"answer": {"contentType": "application/json", "payload": _DROPPED_ANSWER}},
}

_QUESTION: Final[Document] = {
    "type": "object",
    "properties": {
        "after": {"type": "integer", "minimum": 0, "default": 0, "description": "The `number` of an answer"},
        "since": {"type": ["string", "null"], "format": "date-time", "description": "Goes before `after`"},
        "limit": {"type": "integer", "minimum": 1, "maximum": 500, "default": 200},
    },
    "additionalProperties": False,
}

_ANSWERS_FOUND: Final[Document] = {
    "type": "object",
    "properties": {
        "answers": {
            "type": "array",
            "items": {
                **_DROPPED_ANSWER,
                "properties": {"number": {"type": "integer", "minimum": 1}, **_DROPPED_ANSWER["properties"]},
            },
        },
        "last": {"type": "integer", "minimum": 0, "description": "The number of the last answer there is"},
        "outcome": {"enum": ["refused", "try later"]},
    },
}

ASK_ANSWERS: Final[Document] = {"name": "answers", "contentType": "application/json", "payload": _QUESTION}

DROP_CHANNELS: Final[Document] = {
    "drop": _DROP,
    "answers": _ANSWERS,
    "answers found": {"address": None, "messages": {"answers": {"payload": _ANSWERS_FOUND}}},
}

DROP_OPERATIONS: Final[Document] = {
    "hand in": {
        "action": "receive",
        "channel": {"$ref": "#/channels/drop"},
        "description": "Published to JetStream: the acknowledgement says that it is stored, or that the door is full. "
        "What became of it is told on the channel `answers`. Acts of one organisation are decided in order.",
    },
    "follow answers": {
        "action": "send",
        "channel": {"$ref": "#/channels/answers"},
        "description": "On the feed, beside the entries: each message that was handed in is answered once.",
    },
}
