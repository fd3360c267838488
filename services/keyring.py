"""Seals what is personal in an entry under keys of its own, and opens it again where it may be read.

A key belongs to a data subject, the organisation that wrote and a category. The key of one part is derived from it
with the entry's id, so nothing per entry is stored. Destroying a key erases what was sealed under it, everywhere.
"""

import hashlib
import hmac
import os
import secrets
import threading
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic_core import from_json, to_json

from domain.duplicates import taking_part
from domain.entry import SealedPart
from domain.facts import dataclass
from domain.network import Network
from domain.skeleton import Part
from services.answers import LookUp

NONCE = 12


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose data it is, who wrote it, of which category."""

    subject: str
    organisation: str
    category: str


@dataclass(frozen=True, slots=True)
class Key:
    id: str
    secret: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPerson:
    """The person of a case, as its responsible organisation told of it.

    `asks` if that organisation tells it now, and so is to be answered.
    """

    record: str
    organisation: str
    combinations: tuple[str, ...]
    asks: bool


class KeyStore(Protocol):
    """Where keys are kept, wrapped, and persons noted. What `put` and `note` are given is durable before they return.

    `put` keeps and returns what is there already.
    """

    def put(self, keys: Mapping[Owner, Key]) -> Mapping[Owner, Key]: ...
    def by_id(self, ids: Sequence[str]) -> Mapping[str, Key]: ...
    def note(
        self, persons: Sequence[KnownPerson], *, taking_part: frozenset[str], day: date, a_day: int
    ) -> list[LookUp]:
        """Put each in the place of what was noted of its case, and look up those that ask."""

    def known_elsewhere(
        self, records: Sequence[str], *, organisation: str, taking_part: frozenset[str]
    ) -> frozenset[str]:
        """Of these cases of the organisation, those whose person another one may know, as either was answered."""


class Keyring:
    def __init__(self, store: KeyStore, *, cached: int = 50_000) -> None:
        self._store = store
        self._cached = cached
        self._owned: dict[Owner, Key] = {}
        self._lock = threading.Lock()
        self._sharing: tuple[object, object, frozenset[str]] = (None, None, frozenset())

    def keys(self, owners: Iterable[Owner]) -> dict[Owner, Key]:
        """The key of each owner; one that is missing is made, and is durable before anything is sealed with it."""
        wanted = list(dict.fromkeys(owners))
        with self._lock:
            found = {owner: self._owned[owner] for owner in wanted if owner in self._owned}
            if missing := [owner for owner in wanted if owner not in found]:
                found |= self._fetched(missing)
            return found

    def _fetched(self, owners: Sequence[Owner]) -> dict[Owner, Key]:
        # Mostly they are those of a new case: so they are made first, and given up where there is one already.
        made = {owner: Key(secrets.token_hex(8), secrets.token_bytes(32)) for owner in owners}
        found = dict(self._store.put(made))
        if len(self._owned) + len(found) > self._cached:
            self._owned.clear()
        self._owned |= found
        return found

    def note(self, persons: Sequence[KnownPerson], network: Network, *, day: date, a_day: int) -> list[LookUp]:
        return self._store.note(persons, taking_part=self.taking_part(network), day=day, a_day=a_day)

    def known_elsewhere(self, records: Sequence[str], organisation: str, network: Network) -> frozenset[str]:
        sharing = self.taking_part(network)
        return self._store.known_elsewhere(records, organisation=organisation, taking_part=sharing)

    def taking_part(self, network: Network) -> frozenset[str]:
        """Found again only when an organisation or a list has changed."""
        organisations, rulebook, sharing = self._sharing
        if organisations is not network.organisations or rulebook is not network.rulebook:
            sharing = taking_part(network)
            self._sharing = network.organisations, network.rulebook, sharing
        return sharing

    def opened(self, sealed: Sequence[tuple[str, SealedPart]]) -> list[dict[str, Any] | None]:
        """The fields of each (entry id, part); None where the key is no longer there: that part is erased."""
        keys = self._store.by_id(sorted({part.key for _, part in sealed}))
        return [open_part(entry_id, part, keys.get(part.key)) for entry_id, part in sealed]


def owner_of(part: Part, record: str, organisation: str) -> Owner:
    """A part without a subject of its own belongs to whom the record is about."""
    subject, category = part
    return Owner(f"practitioner/{subject}" if subject else record, organisation, category)


def seal(entry_id: str, category: str, fields: Mapping[str, Any], key: Key) -> SealedPart:
    nonce = os.urandom(NONCE)
    sealed = nonce + AESGCM(_derived(key, entry_id)).encrypt(nonce, to_json(fields), _bound(entry_id, category, key.id))
    return SealedPart(category, key.id, b64encode(sealed).decode())


def open_part(entry_id: str, part: SealedPart, key: Key | None) -> dict[str, Any] | None:
    """Raises `TamperedError` if it is not what was sealed for this entry."""
    if key is None:
        return None
    sealed = b64decode(part.sealed)
    bound = _bound(entry_id, part.category, part.key)
    try:
        plain = AESGCM(_derived(key, entry_id)).decrypt(sealed[:NONCE], sealed[NONCE:], bound)
    except InvalidTag:
        raise TamperedError(entry_id) from None
    fields: dict[str, Any] = from_json(plain)
    return fields


class TamperedError(Exception):
    """A sealed part is not what was sealed for this entry."""


def _derived(key: Key, entry_id: str) -> bytes:
    return hmac.digest(key.secret, entry_id.encode(), hashlib.sha256)


def _bound(entry_id: str, category: str, key_id: str) -> bytes:
    return f"{entry_id}\n{category}\n{key_id}".encode()
