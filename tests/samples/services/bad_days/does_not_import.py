"""Imports something that nobody has installed."""

import no_such_package_anywhere
from good import app

app.state.package = no_such_package_anywhere
