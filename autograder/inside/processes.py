"""A submission starts no process, and makes nothing that only processes share.

In a sandbox it can't; in a student's own run it is told the same, in a sentence.
"""

from __future__ import annotations

import multiprocessing  # noqa: F401  so that its parts are announced
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from importlib import import_module
from typing import Any

REFUSED = "it starts a process, which isn't allowed here"
NOT_SHARED = (
    "it makes what processes share (a lock, queue, pool or memory of multiprocessing's), which isn't allowed here; "
    "those of threading, queue and concurrent.futures are"
)

_CHAIN = 10  # exceptions, each raised while another was handled; a chain may be a ring
# Events of ours, for what has none of its own.
_STARTED, _SHARED = "autograder.inside.processes.started", "autograder.inside.processes.shared"
_ANNOUNCED = [  # all locks, queues and pools of multiprocessing's hold a SemLock, its values an Arena
    ("multiprocessing.process", "BaseProcess", "start", _STARTED),
    ("multiprocessing.synchronize", "SemLock", "__init__", _SHARED),
    ("multiprocessing.heap", "Arena", "__init__", _SHARED),
    ("multiprocessing.shared_memory", "SharedMemory", "__init__", _SHARED),
    ("torch", "UntypedStorage", "share_memory_", _SHARED),
    ("torch.utils.data", "DataLoader", "_get_iterator", _STARTED),  # later, what it has made complains of its end
]
_EVENTS = {
    "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.startfile", "os.system", "subprocess.Popen",
    _STARTED, _SHARED,
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
    """Call once walls are up that let no process be started: attempts then raise a PermissionError that says so."""
    _watch()
    _State.walled = True


def begin() -> None:
    """A request begins: no attempt has been made yet."""
    _State.tried = False


def refusal(error: BaseException) -> str:
    """What to say of it where it comes from an attempt that was refused, else nothing."""
    seen: BaseException | None = error
    try:
        for _ in range(_CHAIN):
            if seen is None or not _State.tried:
                return ""
            if isinstance(seen, PermissionError) and seen.args in ((REFUSED,), (NOT_SHARED,)):
                return str(seen.args[0])
            seen = seen.__cause__ or seen.__context__
    except Exception:  # a lying exception
        pass
    return ""


def _watch() -> None:
    if _State.watching:
        return
    _State.watching = True
    for module, owner, method, event in _ANNOUNCED:
        if module.split(".")[0] not in sys.modules:  # torch takes seconds, and where it is needed it is there
            continue
        try:
            _announce(getattr(import_module(module), owner), method, event)
        except (ImportError, AttributeError):  # not on this system, or not in this version
            pass
    sys.addaudithook(_hear)


def _announce(owner: type, method: str, event: str) -> None:
    """Let each call of it be heard, for good: so does a hook stay."""
    call: Callable[..., Any] = getattr(owner, method)

    @wraps(call)
    def announced(self: Any, *arguments: Any, **named: Any) -> Any:
        if getattr(self, "num_workers", True):  # a DataLoader may have none
            sys.audit(event)
        return call(self, *arguments, **named)

    setattr(owner, method, announced)


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _EVENTS or not (_State.refusing or _State.walled):
        return
    if _State.refusing and _importing():
        return
    _State.tried = True
    raise PermissionError(NOT_SHARED if event == _SHARED else REFUSED)


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
