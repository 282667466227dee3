"""What passes between root in a container and the folder of somebody else: a copy in, the report out.

The folder is a checkout of a change, which may hold links wherever root would write. So root writes nothing there as
root if the folder is another user's, and through no link in any case. Starts no program of the change.
"""

import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from gate.adapters import report_folder
from gate.adapters.processes import Account
from gate.adapters.report_folder import NotOurFolderError

_DEEPEST = 20
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_COPY_SECONDS = 600


def owner_of(folder: Path) -> Account:
    """Return who owns a folder.

    Raises:
        OSError: there is none.
    """
    status = folder.stat()
    return Account(uid=status.st_uid, gid=status.st_gid)


@contextmanager
def acting_as(account: Account | None) -> Iterator[None]:
    """Reach files as `account` does, while this process stays root; None changes nothing, and so does not being root.

    Raises:
        OSError: this process may not.
    """
    if account is None or os.geteuid() != 0 or account.uid == 0:
        yield
        return
    groups = os.getgroups()
    user, group = os.geteuid(), os.getegid()
    os.setgroups([])
    os.setegid(account.gid)
    os.seteuid(account.uid)
    try:
        yield
    finally:
        os.seteuid(user)
        os.setegid(group)
        os.setgroups(groups)


def copy_for(account: Account, source: Path, target: Path) -> None:
    """Copy a folder for `account`: links as links, and nothing keeps its owner.

    Raises:
        OSError: it cannot be copied.
    """
    # Python's own would follow the folders of a hostile tree until its stack is full.
    commands = (
        ("cp", "--recursive", "--no-dereference", "--preserve=mode,timestamps,links", "--", str(source), str(target)),
        ("chown", "--recursive", "--no-dereference", f"{account.uid}:{account.gid}", "--", str(target)),
        ("chmod", "--recursive", "u+rwX", "--", str(target)),
    )
    for command in commands:
        try:
            done = subprocess.run(  # noqa: S603 - fixed programs, paths of our own
                command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_COPY_SECONDS, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise OSError(f"to copy {source} took longer than {_COPY_SECONDS} s") from error
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no reason given"]
            raise OSError(f"{source} cannot be copied: {said[0]}")


def prepare_report_folder(base: Path, below: PurePosixPath) -> None:
    """Make the folder `below` in `base`, or empty it of an earlier report; no part of `below` may be a link.

    Raises:
        NotOurFolderError: it holds something else.
        OSError: it cannot be made.
    """
    with _opened(base, below) as descriptor:
        _prepare(descriptor, base / below)


def take(base: Path, below: PurePosixPath, target: Path) -> bool:
    """Move the folder `below` in `base` to `target`, where nobody else may write; tell whether there was one.

    Only plain files and folders of it stay, readable by all. Nobody else may be at work in `base` any more.

    Raises:
        NotOurFolderError: it is no folder, or lies behind a link.
        OSError: it cannot be moved.
    """
    with _opened(base, below.parent) as descriptor:
        try:
            _require_folder(below.name, descriptor, base / below)
        except FileNotFoundError:
            return False
        os.rename(below.name, target, src_dir_fd=descriptor)
    _keep_plain_files(target, target.with_name("aside"))
    return True


def deliver(source: Path, base: Path, below: PurePosixPath) -> None:
    """Copy the report in `source` to the folder `below` in `base`, which was prepared, in the place of what is there.

    Raises:
        NotOurFolderError: meanwhile it is another folder.
        OSError: it cannot be written.
    """
    with _opened(base, below) as descriptor:
        if os.fstat(descriptor).st_uid != os.geteuid():
            raise NotOurFolderError(f"{base / below} was replaced while the gates ran")
        _prepare(descriptor, base / below)
        for entry in _through(descriptor).iterdir():
            # What an earlier report could not have had.
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
        shutil.copytree(source, _through(descriptor), symlinks=True, dirs_exist_ok=True, copy_function=shutil.copyfile)


def _keep_plain_files(folder: Path, aside: Path) -> None:
    aside.mkdir(mode=0o700)
    waiting = [(str(folder), 0)]
    while waiting:
        path, depth = waiting.pop()
        os.chmod(path, 0o755)  # noqa: PTH101, S103 - a string, no link; a report is for all to read
        for entry in [*os.scandir(path)]:
            if entry.is_dir(follow_symlinks=False) and depth < _DEEPEST:
                waiting.append((entry.path, depth + 1))
            elif entry.is_file(follow_symlinks=False):
                os.chmod(entry.path, 0o644)  # noqa: PTH101 - as above
            else:
                os.rename(entry.path, aside / os.urandom(8).hex())  # noqa: PTH104 - as above


def _prepare(descriptor: int, place: Path) -> None:
    try:
        os.close(report_folder.prepare(_through(descriptor)))
    except NotOurFolderError as error:
        raise NotOurFolderError(str(error).replace(str(_through(descriptor)), str(place))) from None


def _through(descriptor: int) -> Path:
    """Return a path to a folder that is open: whatever takes its name, this stays that folder."""
    return Path(f"/proc/self/fd/{descriptor}")


@contextmanager
def _opened(base: Path, below: PurePosixPath) -> Iterator[int]:
    """Open the folder `below` in `base`, made where it is missing, without following a link."""
    descriptor = os.open(base, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in below.parts:
            try:
                os.mkdir(part, 0o755, dir_fd=descriptor)
            except FileExistsError:
                _require_folder(part, descriptor, base / below)
            inner = os.open(part, _FOLDER, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = inner
        yield descriptor
    finally:
        os.close(descriptor)


def _require_folder(name: str, inside: int, wanted: Path) -> None:
    mode = os.stat(name, dir_fd=inside, follow_symlinks=False).st_mode
    if not stat.S_ISDIR(mode):
        what = "a link" if stat.S_ISLNK(mode) else "no folder"
        raise NotOurFolderError(f"{wanted} cannot be the folder of the report: {name} is {what}")
