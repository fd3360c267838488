"""How the service of a folder says it is, asked as its office: so it says all."""

import json
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from adapters.running import office_folder


def own_health(data: Path, http: str, *, within: float) -> dict[str, Any]:
    """Raises `OSError` or `ValueError` if it does not answer, or not as our service does."""
    headers = {}
    token = office_folder(data) / "office.token"
    if token.exists():
        headers["Authorization"] = f"Bearer {token.read_text('utf-8').strip()}"
    try:
        asked = Request(f"{http}/health", headers=headers)  # noqa: S310 (the address our own service wrote)
        with urlopen(asked, timeout=within) as answer:  # noqa: S310
            told: dict[str, Any] = json.load(answer)
    except HTTPError as error:  # 503 has the same document
        with error:
            told = json.load(error)
    return told
