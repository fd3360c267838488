"""Whether what is answered over HTTP is what the OpenAPI document says may be answered."""

import json
import re
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from adapters.schemas.answer import answer_schema


class Described:
    """By the document that the service serves itself."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._paths: list[tuple[re.Pattern[str], dict[str, Any]]] = [
            (re.compile(re.sub(r"\{[^}]*\}", "[^/]+", path)), operations)
            for path, operations in document["paths"].items()
        ]
        answer = Resource.from_contents(answer_schema())
        self._known = Registry().with_resource("/schemas/answer.json", answer)

    def check(self, method: str, path: str, status: int, media: str, body: bytes) -> bool:
        """False where the document tells nothing of such a request; an answer that it does not allow is a fault."""
        operations = next((o for pattern, o in self._paths if pattern.fullmatch(path)), None)
        if operations is None or (operation := operations.get(method.lower())) is None:
            return False
        said = operation["responses"]
        assert str(status) in said, f"{method} {path} answers {status}; the document knows {sorted(said)}"
        content = said[str(status)].get("content")
        if not content:
            return True
        type_ = media.partition(";")[0]
        assert type_ in content, f"{method} {path} answers {status} as {media}; the document knows {sorted(content)}"
        if type_ == "application/json":
            Draft202012Validator(content[type_].get("schema", {}), registry=self._known).validate(json.loads(body))
        return True
