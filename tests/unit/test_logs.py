"""Logs go on being written, or not, whatever becomes of who reads them."""

import io
import sys

import pytest
import structlog

from adapters.logs import configure


def test_a_closed_log_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = structlog.get_config()
    try:
        configure("info")
        closed = io.StringIO()
        closed.close()
        monkeypatch.setattr(sys, "stderr", closed)
        structlog.get_logger().error("said to nobody")
        monkeypatch.setattr(sys, "stderr", heard := io.StringIO())
        structlog.get_logger().error("said again", exc_info=ValueError("what somebody sent"))
    finally:
        structlog.configure(**before)
    assert '"event": "said again"' in heard.getvalue()
    assert "what somebody sent" not in heard.getvalue()
