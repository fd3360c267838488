"""The passages between an organisation's account and the account of the record: these, and no others.

Accounts are walls: a message passes from one to another only where the one offers a subject and the other
imports it. Permissions of users alone would not do: the server checks what a client publishes, not which
reply subject it names, and so one partner could have an answer written into another's feed.
"""

import re
from dataclasses import dataclass
from typing import Literal

_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")


class NotAnOrganisationIdError(ValueError):
    """The id of an organisation would not be one plain token of a subject."""


@dataclass(frozen=True, kw_only=True)
class Opening:
    """One passage in the wall: offered for all, imported by each organisation for its own part only."""

    name: str
    offered: str
    own: str
    here: str  # the subject on the organisation's side, written `{org}` where its id stands
    answers: Literal["Singleton", "Stream"] = "Singleton"

    def own_of(self, org_id: str) -> str:
        return self.own.format(org=plain(org_id))

    def here_of(self, org_id: str) -> str:
        return self.here.format(org=plain(org_id))


OPENINGS = (
    Opening(name="acts", offered="in.*.>", own="in.{org}.>", here="in.{org}.>"),
    Opening(name="questions", offered="ask.*.>", own="ask.{org}.>", here="ask.{org}.>"),
    Opening(name="handed-in", offered="drop.*.>", own="drop.{org}.>", here="drop.{org}.>"),
    Opening(
        name="feed-state",
        offered="$JS.API.CONSUMER.INFO.FEED.*",
        own="$JS.API.CONSUMER.INFO.FEED.{org}",
        here="core.API.CONSUMER.INFO.FEED.me",
    ),
    Opening(
        name="feed-next",
        offered="$JS.API.CONSUMER.MSG.NEXT.FEED.*",
        own="$JS.API.CONSUMER.MSG.NEXT.FEED.{org}",
        here="core.API.CONSUMER.MSG.NEXT.FEED.me",
        answers="Stream",  # as one answer, a batch would stop after its first entry
    ),
    Opening(
        name="feed-taken",
        offered="$JS.ACK.FEED.*.>",
        own="$JS.ACK.FEED.{org}.>",
        here="$JS.ACK.FEED.{org}.>",
    ),
)


def plain(org_id: str) -> str:
    """Return the id, which is refused unless it is one token: a star or a dot would open others' parts."""
    if not _TOKEN.fullmatch(org_id):
        msg = f"{org_id!r} cannot be an organisation's id: letters, digits, - and _ only"
        raise NotAnOrganisationIdError(msg)
    return org_id
