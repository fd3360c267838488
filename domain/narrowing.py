"""What may be kept from some of those who read a record; whatever others rely on is for all of them."""

from domain.entry import Entry
from domain.refusal import Refused


def check_narrowed(entry: Entry) -> None:
    """What is said about an act is seen by whoever sees that act, so it narrows nothing by itself."""
    if entry.only_for is not None and not entry.act.may_be_narrowed:
        raise Refused("only-for.not-on-this-act", type=entry.act.type)
