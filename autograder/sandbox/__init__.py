"""Runs submissions where they can do no harm: a warm process that forks one shut-in child per submission.

    zygote = Zygote.start()            # best tier there is; SandboxError when there is none
    executor = zygote.spawn()            # a fresh child, running `autograder.inside.executor.Executor`
    reply = executor.exchange(request, time.monotonic() + 10)
    executor.close()
    zygote.close()

What it does not do: know what the bytes mean (`autograder.common.wire`), or decide anything about them.
"""

from autograder.common.errors import SandboxError, ZygoteDied
from autograder.sandbox.client import SandboxedExecutor, Usage, Zygote, ZygoteClient
from autograder.sandbox.limits import Limits
from autograder.sandbox.paths import is_readable
from autograder.sandbox.tiers import TIERS, Primitive, TierReport, detect

__all__ = [
    "TIERS", "Limits", "Primitive", "SandboxError", "SandboxedExecutor", "TierReport", "Usage", "Zygote",
    "ZygoteClient", "ZygoteDied", "detect", "is_readable",
]  # fmt: skip
