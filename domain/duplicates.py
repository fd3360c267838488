"""Which organisations take part in finding persons whom two of them know, and what of a person is compared."""

import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from domain.network import Network
from domain.organisation import Organisation
from domain.publication import ListItem, Sharing

_LETTERS: Final = str.maketrans({"đ": "d", "ł": "l", "ø": "o", "\u0131": "i", "æ": "ae", "œ": "oe"})
"""Letters with a stroke or joined, which Unicode does not take apart."""


def taking_part(network: Network) -> frozenset[str]:
    """The organisations whose cases are found, and which are told; the same ones for both."""
    return frozenset(id_ for id_, organisation in network.organisations.items() if _takes_part(organisation, network))


def _takes_part(organisation: Organisation, network: Network) -> bool:
    sharing = _sharing(_kind(organisation, network))
    return not organisation.suspended and (
        sharing == "yes" or (sharing == "by-consent" and organisation.possible_duplicates)
    )


def _kind(organisation: Organisation, network: Network) -> ListItem | None:
    kinds = network.rulebook.lists.get("organisation-kind") if network.rulebook else None
    return kinds.get(organisation.organisation_kind) if kinds else None


def _sharing(kind: ListItem | None) -> Sharing:
    """What the published kind says; in an edition that does not say it, what its class and category mean.

    They do not tell an anti-violence service from the others of category `protection`, so all of these are out; nor an
    agency from a job service, so it is in until the office publishes an edition that says it.
    """
    if kind is None:
        return "no"
    if kind.possible_duplicates is not None:
        return kind.possible_duplicates
    if kind.item_class != "service":
        return "no"
    match kind.category:
        case None:
            return "yes"
        case "health" | "justice":
            return "by-consent"
        case _:
            return "no"


def combinations(person: Mapping[str, Any]) -> tuple[str, ...]:
    """One text for each identifier, with the name and the birth date; none if one of the three is missing.

    Case, accents, spaces, signs and the order of names do not count.
    """
    # The letters of the whole name in their own order: so neither the order of names nor a space within one counts.
    name = "".join(sorted(_plain(" ".join(person.get("names") or ()))))
    born = person.get("born")
    if not name or not born:
        return ()
    day = born.isoformat() if isinstance(born, date) else str(born)
    told = ((each["kind"], _plain(each["value"])) for each in person.get("identifiers") or ())
    return tuple(dict.fromkeys(f"{kind}\n{value}\n{name}\n{day}" for kind, value in told if value))


def _plain(text: str) -> str:
    """Letters and digits alone, however they are written."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(c for c in apart.translate(_LETTERS) if c.isalnum())
