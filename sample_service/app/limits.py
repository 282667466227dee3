"""Every bound of the service, in one place: schemas, tables and documents read them here."""

from typing import Final

MAX_BODY_BYTES: Final = 128 * 1024
"""Largest request body, in bytes. The longest task fits, with every character escaped."""

MAX_ID: Final = 2**31 - 1
"""Largest identifier: PostgreSQL's `integer`."""

USERNAME_MIN_CHARS: Final = 3
USERNAME_MAX_CHARS: Final = 32
PASSWORD_MIN_CHARS: Final = 8
PASSWORD_MAX_CHARS: Final = 128
PASSWORD_HASH_MAX_CHARS: Final = 255

TITLE_MAX_CHARS: Final = 200
DESCRIPTION_MAX_CHARS: Final = 5000
COMMENT_MAX_CHARS: Final = 2000

PAGE_SIZE_DEFAULT: Final = 20
PAGE_SIZE_MAX: Final = 100

TOKEN_MAX_CHARS: Final = 512
"""Longest token that is looked at. Those issued here have about 150 characters."""

REPORTED_ERRORS_MAX: Final = 20
"""How many errors one answer lists. The others are left out."""
