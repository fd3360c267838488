"""`python -m adapters.cli` is `raccordo`."""

from adapters.cli import main

main()
