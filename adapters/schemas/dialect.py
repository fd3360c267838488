"""The JSON Schemas that are published are of draft 2020-12."""

from typing import Any, Final

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]
