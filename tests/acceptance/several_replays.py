"""The command line, with which a short record is replayed by several processes as a long one is."""

from functools import partial

from adapters.cli import main
from adapters.upkeep import stretches

if __name__ == "__main__":  # the processes it starts import it too
    stretches.Several = partial(stretches.Several, processes=3, long=10, stretch=7)  # type: ignore[misc, assignment]
    main()
