"""Waits for something at import, for ever."""

import threading

threading.Event().wait()

from good import app  # noqa: E402, F401
