"""What the service is made of; each part may run in a process of its own."""

from typing import Final, Literal, get_args

Part = Literal["server", "desk", "views", "feed", "web"]
Parts = frozenset[Part]

ALL: Final[Parts] = frozenset(get_args(Part))
