"""The zip of an artifact -> the text of its one member `report.json`. Writes nothing, and believes nothing in it.

The job that made the zip may have run anybody's code. Only that member is unpacked, in memory, and no name in the
zip is used for anything: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT is what zipfile reads.
"""

import io
import zipfile

from gate.formats import UnreadableError

MEMBER = "report.json"
# A page of coverage for each of 50,000 files; for each member, zipfile keeps half a kilobyte.
_MAX_MEMBERS = 50_000
_ENTRY = b"PK\x01\x02"
_CHUNK = 1024 * 1024
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1


def unpack_report(content: bytes, most: int) -> bytes:
    """Return what `report.json` at the top of the zip holds, at most `most` bytes.

    Raises:
        UnreadableError: it is no zip, or does not have exactly one such member that can be read within the bounds.
    """
    if content.count(_ENTRY) > _MAX_MEMBERS:
        raise UnreadableError(f"has more than {_MAX_MEMBERS:,} members")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _read(archive, _only_member(archive), most)
    except UnreadableError:
        raise
    except Exception as error:  # noqa: BLE001 - on a broken zip, zipfile raises whatever its parts raise
        raise UnreadableError(f"is not a zip that can be read ({type(error).__name__})") from None


def _only_member(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    # zipfile cuts names at a NUL: what looks like the name behind that counts, so that there is no doubt.
    named = [info for info in archive.infolist() if MEMBER in (info.filename, info.orig_filename)]
    if len(named) != 1:
        raise UnreadableError(f"has {len(named) or 'no'} members named {MEMBER}, and one is wanted")
    if named[0].orig_filename != MEMBER:
        raise UnreadableError(f"has a member whose name only looks like {MEMBER}")
    return named[0]


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes:
    if member.flag_bits & _ENCRYPTED:
        raise UnreadableError(f"has its {MEMBER} encrypted")
    if member.compress_type not in _METHODS:
        raise UnreadableError(f"has its {MEMBER} compressed by method {member.compress_type}, which is not known here")
    text = bytearray()
    with archive.open(member) as stream:
        # What the zip says of its sizes is not believed.
        while chunk := stream.read(_CHUNK):
            text += chunk
            if len(text) > most:
                raise UnreadableError(f"has a {MEMBER} of more than {most:,} bytes")
    return bytes(text)
