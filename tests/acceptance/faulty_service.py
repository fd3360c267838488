"""The service with a fault of ours put in: deciding on a certain contact fails each time, as a broken rule would."""

from typing import Any

import services.record
from adapters.cli import main
from domain.case.contact import ContactMade
from services.batch import decided

COUNT = 13
"""Of contacts in one act: the act that names it cannot be decided."""


def _failing(draft: Any, *rest: Any) -> Any:
    if isinstance(draft.act, ContactMade) and draft.act.count == COUNT:
        raise AttributeError("no such field")
    return decided(draft, *rest)


if __name__ == "__main__":
    services.record.decided = _failing  # type: ignore[assignment, attr-defined]
    main()
