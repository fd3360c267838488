"""The form of what is answered to an act."""

from adapters.schemas.dialect import DIALECT, Schema
from domain.refusal import MOST_FAULTS


def answer_schema() -> Schema:
    """The form of the answers to an act: recorded, known already, refused or try later."""
    return {
        "$schema": DIALECT,
        "$id": "urn:raccordo:answer",
        "title": "answer",
        "description": "What is answered to an act",
        "oneOf": [
            _recorded(),
            _answer(
                "known already",
                "The same act was entered before, there.",
                {"position": {"type": "integer", "minimum": 1}, "version": {"type": "integer", "minimum": 1}},
                ["position", "version"],
            ),
            _answer(
                "refused",
                "The record cannot take it; nothing is on the record.",
                {
                    **_reason(),
                    "fields": {"type": "array", "items": _fault(), "maxItems": MOST_FAULTS},
                    "more": {"type": "integer", "minimum": 1, "description": "Faults beyond those of `fields`"},
                },
                ["code", "sentence", "fields"],
            ),
            _answer(
                "try later",
                "Nothing is known to be recorded; send the same act again, with its act_id.",
                {"after_s": {"type": "integer", "minimum": 0, "description": "Seconds"}, **_reason()},
                ["after_s"],
            ),
        ],
    }


def _recorded() -> Schema:
    return _answer(
        "recorded",
        "It is on the record, on disk. A dry run has no position.",
        {
            "position": {"type": ["integer", "null"], "minimum": 1},
            "version": {"type": "integer", "minimum": 1},
            "obligations": {"type": "array", "items": {"type": "object"}},
            "irregularities": {"type": "array", "items": _irregularity()},
            "left_out": {
                "type": "object",
                "properties": {"obligations": {"type": "integer", "minimum": 1}},
                "description": "How many obligations did not fit: ask `due` of the case",
            },
            "told_after_leaving": {"const": True, "description": "Then only the position is told"},
            "dry_run": {"const": True},
            "claim": {"const": True, "description": "It has no effect until it is attested"},
            "waits_for": {
                "type": "string",
                "description": "Of a claim: who attests it; where it is left out, the responsible organisation",
            },
            "possible_duplicate": {"const": True, "description": "Another organisation may know the person"},
            "not_looked_up": {
                "const": True,
                "description": "Too many were told on that day to say whether another may know the person",
            },
            "sentence": {
                "type": "string",
                "description": "What is said of a claim, or of the person",
            },
        },
        ["position"],
    )


def _answer(outcome: str, description: str, properties: Schema, required: list[str]) -> Schema:
    return {
        "type": "object",
        "title": outcome,
        "description": description,
        "properties": {"outcome": {"const": outcome}, **properties},
        "required": ["outcome", *required],
        "additionalProperties": False,
    }


def _reason() -> Schema:
    return {
        "code": {"type": "string", "pattern": r"^[a-z]+\.[a-z-]+$", "description": "Stable, for machines"},
        "sentence": {"type": "string", "description": "For the practitioner, in English or Italian"},
    }


def _irregularity() -> Schema:
    return {
        "type": "object",
        "description": "A rule of practice that was not kept, by edition; the act is recorded all the same",
        "properties": {"rule": {"type": "string"}, "edition": {"type": "integer"}},
        "required": ["rule", "edition"],
        "additionalProperties": False,
    }


def _fault() -> Schema:
    return {
        "type": "object",
        "properties": {
            "path": {"type": "string"},
            "code": {"type": "string"},
            "sentence": {"type": "string", "description": "What is wrong with the field, in the reader's language"},
        },
        "required": ["path", "code", "sentence"],
        "additionalProperties": False,
    }
