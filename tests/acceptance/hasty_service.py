"""The service with less patience for requests than it is shipped with; what it does without any left is the same."""

from adapters.cli import main
from adapters.web import app, connections

connections.PATIENCE_S = 8.0  # type: ignore[misc]
app.ARRIVES_S = 6  # type: ignore[misc]
main()
