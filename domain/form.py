"""The form of what is sent: named fields and no others; of a list, the first item that is wrong is told."""

from typing import Any

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import core_schema


def _end_at_first(schema: Any) -> None:
    if isinstance(schema, dict):
        if schema.get("type") in ("tuple", "list") and "items_schema" in schema:
            schema["fail_fast"] = True
        for part in schema.values():
            _end_at_first(part)
    elif isinstance(schema, list):
        for part in schema:
            _end_at_first(part)


class Form(BaseModel):
    """A list ends with its first wrong item: 20,000 wrong ones must not cost 20,000 faults."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        schema = handler(source)
        _end_at_first(schema)
        return schema
