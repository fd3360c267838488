"""How many entries a second the feed tells, with three organisations a case: `python -m tests.bench.feed_speed`."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.feeds import Rig, cases, made_streams
from tests.servers import running_server


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cases", type=int, default=500)
    options.add_argument("--contacts", type=int, default=17)
    told = options.parse_args()
    with running_server() as server, tempfile.TemporaryDirectory() as folder:
        made_streams(server.url)
        with Rig(server.url, Path(folder)) as rig:
            rig.enter(cases(told.cases, told.contacts))
            last = rig.record.position()
            rig.network.wait_for(last, 60)
            began, worked = time.perf_counter(), time.process_time()
            with rig.publishing() as feed:
                assert feed.wait_for(last, 600) == last, feed.status
                took, worked = time.perf_counter() - began, time.process_time() - worked
            messages = len(rig.stored())
    sys.stdout.write(f"{last} entries, {messages} messages in {took:.1f} s: {last / took:.0f} entries a second\n")
    sys.stdout.write(f"{worked:.1f} s of CPU: {last / worked:.0f} entries a second, were there nothing else\n")


if __name__ == "__main__":
    main()
