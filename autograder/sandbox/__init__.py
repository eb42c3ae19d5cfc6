"""Runs submissions where they can do no harm: a warm process that forks one shut-in child per submission.

    zygote = Zygote.start()            # best tier there is; SandboxError when there is none
    worker = zygote.spawn()            # a fresh child, running `autograder.worker.Worker`
    reply = worker.exchange(request, time.monotonic() + 10)
    worker.close()
    zygote.close()

What it does not do: know what the bytes mean (`autograder.wire`, `autograder.student`), or judge anything.
"""

from autograder.sandbox.client import SandboxedWorker, Usage, Zygote, ZygoteClient
from autograder.sandbox.errors import SandboxError, ZygoteDied
from autograder.sandbox.limits import Limits
from autograder.sandbox.paths import is_readable
from autograder.sandbox.tiers import TIERS, Primitive, TierReport, detect

__all__ = [
    "TIERS", "Limits", "Primitive", "SandboxError", "SandboxedWorker", "TierReport", "Usage", "Zygote", "ZygoteClient",
    "ZygoteDied", "detect", "is_readable",
]  # fmt: skip
