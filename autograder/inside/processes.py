"""A submission starts no process. In a sandbox it can't; in a student's own run it is told the same, in a sentence."""

from __future__ import annotations

import errno
import os
import sys
import traceback
import types
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from typing import Any

REFUSED = "it starts a process, which isn't allowed here"

_CHAIN = 10  # exceptions, each raised while another was handled; a chain may be a ring
_OURS = "autograder.inside.processes"  # the event of a multiprocessing.Process, which has none of its own
_EVENTS = {
    "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.startfile", "os.system", "subprocess.Popen",
    _OURS,
}  # fmt: skip


class _State:
    watching = False
    refusing = False  # in a student's own run, while their code runs: nothing else refuses there
    walled = False  # the system refuses
    tried = False  # since the present request began


@contextmanager
def refused() -> Iterator[None]:
    """Let every attempt inside raise PermissionError, unless it is made by a library that is being imported."""
    _watch()
    before = _State.refusing
    _State.refusing, _State.tried = True, False
    try:
        yield
    finally:
        _State.refusing = before


def refused_by_the_system() -> None:
    """Call once walls are up that let no process be started: attempts are then noted."""
    _watch()
    _State.walled = True


def begin() -> None:
    """A request begins: no attempt has been made yet."""
    _State.tried = False


def was_refused(error: BaseException) -> bool:
    """Whether it comes from an attempt to start a process, or from what several of them would share."""
    seen: BaseException | None = error
    try:
        for _ in range(_CHAIN):
            if seen is None:
                return False
            if isinstance(seen, OSError):
                inside = [frame.filename for frame in traceback.extract_tb(seen.__traceback__)]
                if any(f"{os.sep}multiprocessing{os.sep}" in name for name in inside):
                    return True
                if _State.tried and (seen.errno == errno.EPERM or seen.args == (REFUSED,)):
                    return True
            seen = seen.__cause__ or seen.__context__
    except Exception:  # a lying exception
        pass
    return False


def _watch() -> None:
    if _State.watching:
        return
    _State.watching = True
    start = BaseProcess.start

    def announced(self: BaseProcess) -> None:
        sys.audit(_OURS)
        start(self)

    BaseProcess.start = announced  # type: ignore[method-assign]  # a hook stays for good, and so does this
    sys.addaudithook(_hear)


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _EVENTS or not (_State.refusing or _State.walled):
        return
    if _State.refusing and _importing():
        return
    _State.tried = True
    if _State.refusing or event == "os.system":  # which would give a number, where the system refuses
        raise PermissionError(REFUSED)


def _importing() -> bool:
    """Whether a library that the submission imports is the one that asks, and not the submission itself."""
    frame: types.FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        if frame.f_globals.get("__name__", "").startswith("submission_"):
            return False
        frame = frame.f_back
    return False
