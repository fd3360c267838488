"""The service whose door takes any character, as it did once: what was stored then is shown ever after."""

from domain import characters

for form in ("LINE", "TEXT", "NAME"):
    setattr(characters, form, "")  # before any act is made of it

from adapters.cli import main  # noqa: E402

main()
