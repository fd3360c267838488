"""Who is who for the message server: the keys of this installation, and the papers it signs with them."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.nats import accounts, jwt, nkey, openings, permissions
from adapters.nats.accounts import Allowance
from adapters.private_file import made_once, private_folder, write


class UnknownAccountError(LookupError):
    """The installation holds no key for this organisation's account."""


@dataclass(frozen=True, kw_only=True)
class Installation:
    """The keys under `<data>/keys`: made at the first start, and the same for ever after.

    Whoever has them is the installation: they belong into the backup, apart from the record.
    """

    data: Path
    operator_seed: str
    system_seed: str
    core_seed: str
    store_key: str  # with it the server encrypts its files

    @classmethod
    def open(cls, data: Path) -> "Installation":
        """Make or load the keys; safe when several processes do so at once."""
        keys = private_folder(data / "keys")
        return cls(
            data=data,
            operator_seed=made_once(keys / "operator.nk", nkey.new_seed("operator")),
            system_seed=made_once(keys / "system.nk", nkey.new_seed("account")),
            core_seed=made_once(keys / "core.nk", nkey.new_seed("account")),
            # A letter first: the server reads the value from its environment, and digits as a number.
            store_key=made_once(keys / "store.key", "k" + secrets.token_hex(32)),
        )

    @property
    def system_account(self) -> str:
        return nkey.public_key(self.system_seed)

    @property
    def core_account(self) -> str:
        return nkey.public_key(self.core_seed)

    def operator_jwt(self) -> str:
        operator = nkey.public_key(self.operator_seed)
        return self._by_operator(operator, "raccordo", accounts.operator(self.system_account))

    def system_jwt(self) -> str:
        return self._by_operator(self.system_account, "SYS", accounts.system())

    def core_jwt(self) -> str:
        return self._by_operator(self.core_account, "CORE", accounts.core())

    def account_key(self, org_id: str) -> str:
        """Return the public key of an organisation's account, which is made if there is none yet."""
        path = self._account_file(org_id)
        return nkey.public_key(made_once(path, nkey.new_seed("account")))

    def account(
        self,
        org_id: str,
        account_key: str,
        *,
        allowance: Allowance | None = None,
        revoked: Mapping[str, int] | None = None,
        suspended: bool = False,
    ) -> str:
        """Return the account's JWT, to be pushed to the server; a suspended one admits nobody.

        `revoked` is a public user key (or `*`) and the second up to which its papers are void.
        """
        account = nkey.checked(account_key, "account")
        permits = {
            name: jwt.signed(subject=account, name=name, claims=claims, by=self.core_seed)
            for name, claims in accounts.permits(org_id)
        }
        claims = accounts.organisation(
            core_account=self.core_account,
            permits=permits,
            org_id=org_id,
            allowance=allowance or Allowance(),
            revoked=revoked or {},
            suspended=suspended,
        )
        return self._by_operator(account, org_id, claims)

    def user_creds(self, org_id: str) -> str:
        """Return the text of a `.creds` file for a new user of the organisation: it holds a secret seed."""
        return _new_user(self._account_seed(org_id), org_id, {})

    def user_jwt(self, org_id: str, user_key: str) -> str:
        """Return the paper for a user whose seed the partner keeps, from the public key `U…` alone."""
        user = nkey.checked(user_key, "user")
        return jwt.signed(subject=user, name=org_id, claims=accounts.user({}), by=self._account_seed(org_id))

    def service_creds(self) -> str:
        return _new_user(self.core_seed, "service", permissions.SERVICE)

    def service_file(self) -> Path:
        """The `.creds` file of the service's parts, made where there is none that says the same.

        A client reads first the paper in it and then the seed: of a file that another part has replaced in between it
        would take two that do not belong together.
        """
        return self._kept("service.creds", self.service_creds())

    def watcher_file(self) -> Path:
        """The same for who asks the message server how it is."""
        return self._kept("watcher.creds", self.watcher_creds())

    def reader_creds(self) -> str:
        return _new_user(self.core_seed, "reader", permissions.READER)

    def console_creds(self) -> str:
        return _new_user(self.core_seed, "console", permissions.CONSOLE)

    def administrator_creds(self) -> str:
        return _new_user(self.core_seed, "administrator", permissions.ADMINISTRATOR)

    def system_creds(self) -> str:
        return _new_user(self.system_seed, "registrar", permissions.REGISTRAR)

    def listener_creds(self) -> str:
        """Of who hears how many connections each account has."""
        return _new_user(self.system_seed, "listener", permissions.LISTENER)

    def watcher_creds(self) -> str:
        return _new_user(self.system_seed, "watcher", permissions.WATCHER)

    def _by_operator(self, subject: str, name: str, claims: jwt.Claims) -> str:
        return jwt.signed(subject=subject, name=name, claims=claims, by=self.operator_seed)

    def _kept(self, name: str, anew: str) -> Path:
        path = self.data / "keys" / name
        if _granted(made_once(path, anew)) != _granted(anew):
            write(path, anew)
        return path

    def _account_file(self, org_id: str) -> Path:
        return self.data / "keys" / "accounts" / f"{openings.plain(org_id)}.nk"

    def _account_seed(self, org_id: str) -> str:
        path = self._account_file(org_id)
        if not path.exists():
            msg = f"there is no account of {org_id} in {self.data}: add the organisation first"
            raise UnknownAccountError(msg)
        return path.read_text("utf-8").strip()


def _granted(creds: str) -> tuple[str, Any]:
    """By which account, and what; nothing by what is damaged."""
    try:
        said = jwt.read(next(line for line in creds.splitlines() if line.startswith("ey")))
        return said["iss"], said["nats"]
    except (StopIteration, IndexError, KeyError, ValueError):
        return "", None


def _new_user(account_seed: str, name: str, allowed: Mapping[str, Any]) -> str:
    seed = nkey.new_seed("user")
    claims = accounts.user(allowed)
    return jwt.credentials(jwt.signed(subject=nkey.public_key(seed), name=name, claims=claims, by=account_seed), seed)
