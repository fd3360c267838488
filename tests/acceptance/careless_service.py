"""The service with the recorder's expectations taken out: what it would be without them. For the negative control."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from adapters.cli import main
from adapters.jetstream import batch as batches
from adapters.jetstream import streams

_definitions = streams.definitions
_messages = batches.Batch.messages


def _without_rule() -> Mapping[str, Any]:
    """The stream takes whatever comes."""
    found = dict(_definitions())
    record = found["RECORD"]
    rules = {name: value for name, value in record.config.items() if "per_subject" not in name}
    return {**found, "RECORD": replace(record, config={**rules, "discard": "old"})}


def _without_expectation(batch: Any, batch_id: str) -> list[Any]:
    """The writer expects nothing."""
    return [
        (subject, payload, b"".join(line for line in headers.splitlines(True) if not line.startswith(b"Nats-Expected")))
        for subject, payload, headers in _messages(batch, batch_id)
    ]


streams.definitions = _without_rule  # type: ignore[assignment]
batches.Batch.messages = _without_expectation  # type: ignore[method-assign, assignment]
main()
