"""What Django's own runner does before the first test. Imports Django only where the project has it."""

from __future__ import annotations

import importlib
import io
import warnings


def run_django_checks() -> None:
    """Do what Django's own runner does before the first test: what the checks import is then covered as there.

    They judge nothing here: a project whose checks fail cannot be told from one whose settings want the runner's.
    """
    try:
        apps = importlib.import_module("django.apps").apps
        settings = importlib.import_module("django.conf").settings
        call_command = importlib.import_module("django.core.management").call_command
    except ImportError:
        return
    if not apps.ready:
        return
    debug = settings.DEBUG
    # As under the runner: with it, urls may differ.
    settings.DEBUG = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            call_command("check", stdout=io.StringIO(), stderr=io.StringIO())
    except (Exception, SystemExit):  # noqa: BLE001, S110
        pass
    finally:
        settings.DEBUG = debug
