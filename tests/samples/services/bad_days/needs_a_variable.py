"""Needs a variable that nobody has set."""

import os

PAYMENT_GATEWAY_KEY = os.environ["PAYMENT_GATEWAY_KEY"]

from good import app  # noqa: E402

app.state.key = PAYMENT_GATEWAY_KEY
