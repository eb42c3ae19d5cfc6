"""What can go wrong with the sandbox itself, as opposed to with the code inside it."""

from __future__ import annotations


class SandboxError(Exception):
    """The sandbox can't be had, or broke; the text is one sentence. Never the student's fault."""


class ZygoteDied(SandboxError):
    """The process that forks the children is gone. `ZygoteClient.restart()` starts another.

    At tier `none` a submission can bring this about, so whoever grades restarts, tries that submission once
    more, and blames it when the zygote dies again.
    """
