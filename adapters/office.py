"""The network office as this installation holds it: its id, its name on NATS and its token for HTTP."""

import json
from importlib.resources import files
from typing import Any

from adapters.ids import access_token, organisation_id, token_digest
from adapters.nats.identity import Installation
from adapters.private_file import made_once, private_folder
from adapters.running import office_folder
from services.founding import Office


def open_office(installation: Installation, name: str) -> Office:
    """Made at the first start and the same for ever after; `office.creds` and `office.token` are for its people."""
    folder = private_folder(office_folder(installation.data))
    id_ = made_once(folder / "id", organisation_id())
    account = installation.account_key(id_)
    token = made_once(folder / "office.token", access_token()[0])
    if not (folder / "office.creds").exists():
        made_once(folder / "office.creds", installation.user_creds(id_))
    return Office(id=id_, name=name, account=account, token=token_digest(token))


def publications() -> list[dict[str, Any]]:
    """What is shipped to begin with: lists, rules, sheets and calendars, as acts without their envelope."""
    shipped = sorted(
        (f for f in files("deploy").joinpath("defaults").iterdir() if f.name.endswith(".json")), key=_order
    )
    return [json.loads(f.read_text("utf-8")) for f in shipped]


def _order(file: Any) -> tuple[bool, str]:
    return (not file.name.startswith("dictionary"), file.name)  # lists first: the others may name their codes
