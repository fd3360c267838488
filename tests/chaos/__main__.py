"""`python -m tests.chaos` (or `make chaos`): kills, crowds and inputs by the thousand, in a quarter of an hour.

Every part prints its seed; `--seed` plays it again. What is not as it must be ends with exit code 1.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.acceptance.fuzzing import Fuzzing, fuzzed
from tests.chaos.crowds import crowded
from tests.chaos.kills import killed
from tests.running_service import running_service

PARTS = ("inputs", "crowds", "kills")
MEMBERS = 8


def inputs(folder: Path, wanted: argparse.Namespace) -> None:
    with running_service(folder / "data") as service:
        members = [service.add(f"member-{number}", "trainer") for number in range(MEMBERS)]
        with Fuzzing(service, *members) as fuzzing:
            fuzzed(fuzzing, wanted.inputs // 3 + 1, wanted.seed)


def crowds(folder: Path, wanted: argparse.Namespace) -> None:
    asyncio.run(crowded(folder, wanted.connections, wanted.flood))


def kills(folder: Path, wanted: argparse.Namespace) -> None:
    until = time.monotonic() + wanted.minutes * 60
    done = asyncio.run(killed(folder, random.Random(wanted.seed), wanted.kills, until))
    print(f"  {done} kills: nothing lost, nothing twice, the views as a naive fold has them")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("parts", nargs="*", default=PARTS, help="inputs, crowds, kills; all unless named")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--connections", type=int, default=500)
    parser.add_argument("--flood", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--minutes", type=float, default=7, help="after which no more is killed")
    wanted = parser.parse_args()
    play = {"inputs": inputs, "crowds": crowds, "kills": kills}
    for part in wanted.parts:
        began = time.monotonic()
        print(f"{part}, seed {wanted.seed}", flush=True)
        with tempfile.TemporaryDirectory(prefix="raccordo-chaos-") as folder:
            play[part](Path(folder), wanted)
        print(f"{part}: {time.monotonic() - began:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
