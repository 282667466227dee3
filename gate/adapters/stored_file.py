"""Fetches a file from where GitHub stores it: another host, which gets no token. Writes nothing.

An artifact's address is a link that is good for a minute, with a signature of its own:
https://docs.github.com/en/rest/actions/artifacts#download-an-artifact.
"""

import time
from urllib.parse import urlsplit

import requests
import urllib3

from gate import __version__
from gate.adapters.http_answers import clean
from gate.ports import ReportingTrouble

_CHUNK = 256 * 1024


def fetch_stored_file(url: str, *, may_be_plain: bool, most: int, seconds: float, connect: float = 5.0) -> bytes:
    """Return the file, at most `most` bytes of it, within `seconds` from the first byte asked for to the last.

    `may_be_plain` allows http, as where the API itself is spoken to so.

    Raises:
        ReportingTrouble: it cannot be had, or is too large. The address is not told: who has it has the file.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" and not (may_be_plain and parts.scheme == "http"):
        raise ReportingTrouble("GitHub says that the file lies at an address that is not https")
    until = time.monotonic() + seconds
    where = f"the store at {clean(str(parts.hostname))}"
    session = requests.Session()
    # An explicit `auth`: without one, requests sends what ~/.netrc has.
    session.auth = lambda request: request
    session.headers["User-Agent"] = f"quality-gate/{__version__}"
    # As it is stored: nothing is unpacked on the way.
    session.headers["Accept-Encoding"] = "identity"
    try:
        with session, session.get(url, timeout=(connect, seconds), allow_redirects=False, stream=True) as response:
            if response.status_code != 200:
                raise ReportingTrouble(f"{where} answered with status {response.status_code}")
            return _body(response, where, most, until)
    except (requests.RequestException, urllib3.exceptions.HTTPError, ValueError) as error:
        # The text of the exception may hold the address or a proxy's password.
        raise ReportingTrouble(f"{where} did not give the file ({type(error).__name__})") from None


def _body(response: requests.Response, where: str, most: int, until: float) -> bytes:
    told = response.headers.get("content-length", "")
    if told.isascii() and told.isdigit() and int(told[:18]) > most:
        raise ReportingTrouble(f"the file is larger than {most:,} bytes")
    body = bytearray()
    while chunk := response.raw.read1(_CHUNK):
        body += chunk
        if len(body) > most:
            raise ReportingTrouble(f"the file is larger than {most:,} bytes")
        if time.monotonic() > until:
            raise ReportingTrouble(f"{where} is too slow")
    if told.isascii() and told.isdigit() and len(body) != int(told[:18]):
        raise ReportingTrouble(f"{where} broke off")
    return bytes(body)
