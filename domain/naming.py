"""What an act names beside its own record, also in an act inside it (a correction): organisations, an agreement."""

from collections.abc import Iterator

from domain.entry import Act, Entry, OfOrganisation
from domain.finding import acts_in, found, has_field, places_of


def organisations_in(act: Act) -> frozenset[str]:
    named = frozenset(value for _, _, value in found(act, OfOrganisation))
    inner = acts_in(act)
    return named.union(*(organisations_in(each) for _, each in inner)) if inner else named


def organisations_named(entry: Entry) -> frozenset[str]:
    """With the one it is told for."""
    return organisations_in(entry.act) | ({entry.on_behalf_of} if entry.on_behalf_of else set())


def places_of_organisations(entry: Entry) -> Iterator[tuple[str, str]]:
    """The path and the id of each organisation that an act names, in its fields and in its envelope."""
    yield from places_of(entry.act, OfOrganisation)
    if entry.on_behalf_of:
        yield "on_behalf_of", entry.on_behalf_of
    yield from ((f"only_for.{n}", named) for n, named in enumerate(entry.only_for or ()))


def agreement_named(act: Act) -> str | None:
    """The id of the one under which something is done; an act of an agreement itself names none."""
    if has_field(type(act), "agreement") and (named := getattr(act, "agreement")):  # noqa: B009 (not of every act)
        return str(named)
    return next((agreement_named(inner) for _, inner in acts_in(act)), None)
