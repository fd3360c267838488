"""The command line, with which a short record is replayed by several processes as a long one is."""

import signal
from functools import partial

from adapters.cli import main
from adapters.upkeep import stretches

if __name__ == "__main__":  # the processes it starts import it too
    stretches.Several = partial(stretches.Several, processes=3, long=10, stretch=7)  # type: ignore[misc, assignment]
    # Tests that were begun in the background ignore Ctrl-C, and hand that on.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    main()
