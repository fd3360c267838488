"""The configuration of the message server that comes with us, for one data folder."""

import json
from pathlib import Path

from adapters.descriptors import for_partners
from adapters.nats.folder import ServerFolder
from adapters.nats.identity import Installation

STORE_KEY = "RACCORDO_STORE_KEY"  # the variable that holds the key: so it stands in no file but its own


def server_config(installation: Installation, folder: ServerFolder, *, host: str, port: int) -> str:
    """Return the configuration; for a port 0 the system chooses one."""
    return _TEMPLATE.format(
        host=_text(host),
        port=port or -1,
        connections=for_partners(),
        name=_text("raccordo"),
        log=_text(folder.log),
        process=_text(folder.process),
        root=_text(folder.root),
        store=_text(folder.store),
        accounts=_text(folder.accounts),
        store_key=STORE_KEY,
        operator=installation.operator_jwt(),
        system_account=installation.system_account,
        system=installation.system_jwt(),
        core_account=installation.core_account,
        core=installation.core_jwt(),
    )


def _text(value: Path | str) -> str:
    return json.dumps(str(value), ensure_ascii=False)


# Why so:
# - sync_interval: with the server's own default, a power failure takes up to two minutes of acknowledged
#   entries along.
# - max_file: left out, it is three quarters of what is free at each start, and shrinks as the record grows
#   until streams are refused. The desk watches the disk itself.
# - The log tells of connections and errors; without debug and trace it holds no message.
# - There is no monitoring port: it answers anybody on the machine (`of_itself`).
# - 1 MB is for answers; what an organisation may send is limited in its account.
_TEMPLATE = """\
# Written at every start: changes here are lost.
server_name: {name}
host: {host}
port: {port}
ports_file_dir: {root}
pid_file: {process}
log_file: {log}
logfile_size_limit: 10MB
logfile_max_num: 5
max_payload: 1MB
max_control_line: 4KB
max_connections: {connections}
jetstream {{
  store_dir: {store}
  sync_interval: always
  max_mem: 256MB
  max_file: 64TB
  cipher: aes
  key: ${store_key}
}}
operator: {operator}
system_account: {system_account}
resolver {{
  type: full
  dir: {accounts}
  allow_delete: false
  interval: "2m"
}}
resolver_preload {{
  {system_account}: {system}
  {core_account}: {core}
}}
"""
