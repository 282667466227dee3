"""The text of Django's `manage.py` -> the settings that it names. Runs and imports nothing.

https://docs.djangoproject.com/en/stable/topics/settings/#envvar-DJANGO_SETTINGS_MODULE
"""

import re

# `setdefault("DJANGO_SETTINGS_MODULE", "site.settings")`, `environ["..."] = "..."`, `{"...": "..."}`
_SETTINGS = re.compile(r"""["']DJANGO_SETTINGS_MODULE["']\s{0,9}(?:,|:|\]\s{0,9}=)\s{0,99}["']([\w.]{1,200})["']""")


def parse_settings_module(text: str) -> str:
    """Return the module of settings that a `manage.py` takes where nobody names another, "" for none."""
    found = _SETTINGS.search(text)
    return found[1] if found else ""
