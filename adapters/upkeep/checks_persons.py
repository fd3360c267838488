"""The doctor tells the office who looked up how many persons; never whom."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from adapters.duplicates import LookedUp
from adapters.keys import looked_up
from adapters.upkeep.checks import Finding, advised

DAYS: Final = 7
SHOWN: Final = 10
CHECK: Final = "possible duplicates"


def persons(data: Path) -> Finding:
    known = sorted(path.stem for path in (data / "keys" / "accounts").glob("*.nk"))
    since = datetime.now(UTC).date() - timedelta(days=DAYS - 1)
    return counted(looked_up(data, known, since))


def counted(by: Mapping[str, LookedUp]) -> Finding:
    """Of the last days: all together, then those who looked up most."""
    if not by:
        return Finding(CHECK, "ok", f"nobody looked up a person in {DAYS} days")
    most = sorted(by.items(), key=lambda each: (-each[1].over, -each[1].counted, each[0]))
    each = [
        f"{id_} {n.counted}" + (f" and {n.over} acts above its budget" if n.over else "") for id_, n in most[:SHOWN]
    ]
    rest = [f"{len(most) - SHOWN} others"] if len(most) > SHOWN else []
    found, over = sum(n.found for n in by.values()), sum(n.over for n in by.values())
    says = f"{sum(n.counted for n in by.values())} persons looked up in {DAYS} days, {found} acts answered with one"
    advice = "Ask whoever is above its budget why it tells so many persons"
    return advised(CHECK, "warn" if over else "ok", f"{says} ({', '.join(each + rest)})", advice)
