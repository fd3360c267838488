"""Which organisations an act names."""

from domain.entry import Act, Entry, OfOrganisation
from domain.finding import acts_in, found


def organisations_in(act: Act) -> frozenset[str]:
    """Also those that an act inside it (a correction) names."""
    named = frozenset(value for _, _, value in found(act, OfOrganisation))
    return named.union(*(organisations_in(inner) for _, inner in acts_in(act)))


def organisations_named(entry: Entry) -> frozenset[str]:
    """With the one it is told for."""
    return organisations_in(entry.act) | ({entry.on_behalf_of} if entry.on_behalf_of else set())
