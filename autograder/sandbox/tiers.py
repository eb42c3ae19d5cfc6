"""How well this machine can keep a submission in: tries the primitives and names the tier they make up.

- full: own view of the machine (no network, nothing but Python), and all of what follows
- uid: a user id of its own, and all of what follows
- process: Landlock, seccomp and resource limits
- none: another process, nothing more
"""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from autograder.common.errors import SandboxError
from autograder.sandbox.setup import Setup, command

TIERS = ("none", "process", "uid", "full")  # weakest first


@dataclass(frozen=True)
class Primitive:
    """One thing that keeps a submission in: whether it works here, and what happened when it was tried."""

    name: str
    available: bool
    detail: str = ""


@dataclass(frozen=True)
class TierReport:
    """What this machine offers. `tier` is the best there is; `missing` says per better tier what it lacks."""

    tier: str
    primitives: list[Primitive]
    missing: dict[str, str]
    namespaces: str = ""  # "root" or "user"
    own_uid: bool = False
    uncover: bool = False

    def setup(self, tier: str | None = None) -> Setup:
        """The settings for a tier (default: the best, but never `none` unasked). Raises SandboxError without it."""
        if tier is not None and tier not in TIERS:
            raise SandboxError(f"There is no sandbox tier {tier!r}; the tiers are {', '.join(reversed(TIERS))}.")
        if tier is None and self.tier == "none":
            raise SandboxError(f"No sandbox is available here: {self.missing['process']} Tier none keeps nothing out.")
        chosen = tier or self.tier
        if chosen in self.missing:
            raise SandboxError(f"The sandbox tier {chosen} is not available here: {self.missing[chosen]}")
        return Setup(
            tier=chosen,
            namespaces=self.namespaces if chosen == "full" else "",
            own_uid=chosen == "uid" or (chosen == "full" and self.own_uid),
            uncover=chosen == "uid" and self.uncover,
        )


@functools.cache
def detect() -> TierReport:
    """Try each primitive of the sandbox in a throw-away process (about 0.1 s, once)."""
    if not hasattr(os, "fork"):
        reason = "this system can't fork; grade inside WSL or a Linux container."
        return TierReport("none", [Primitive("fork", False, reason)], dict.fromkeys(TIERS, reason))
    fork = Primitive("fork", True)
    if sys.platform != "linux":
        reason = "Landlock and seccomp exist on Linux only; grade inside a Linux container or ask for --tier none."
        walls = [Primitive(name, False, "Linux only") for name in ("Landlock", "seccomp", "own user id", "namespaces")]
        return TierReport("none", [fork, *walls], dict.fromkeys(TIERS[1:], reason))
    return _judge(_probe())


def _probe() -> dict[str, Any]:
    # Folders of temporary files are looked up by the probe: TMPDIR is the one setting that it keeps.
    environment = {name: os.environ[name] for name in ("TMPDIR", "LD_LIBRARY_PATH") if name in os.environ}
    done = subprocess.run(
        command("autograder.sandbox.probe", ""), env=environment, capture_output=True, text=True, timeout=60, cwd="/"
    )
    if done.returncode != 0:
        raise SandboxError(f"The sandbox could not be probed: {done.stderr.strip().splitlines()[-1:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _judge(found: dict[str, Any]) -> TierReport:
    problems = found["problems"]

    def works(name: str) -> bool:
        return not problems[name]

    namespaces = "root" if works("namespaces_root") else "user" if works("namespaces_user") else ""
    # Under a user namespace there is one uid only, that of whoever started the grader.
    own_uid = works("own_uid") and namespaces != "user"
    uncover = bool(found["closed"]) and not works("own_uid_reads")
    reachable = works("own_uid_reads") or works("own_uid_uncovered")
    primitives = [
        Primitive("fork", True),
        Primitive("Landlock", works("landlock"), problems["landlock"] or f"ABI {found['landlock_abi']}"),
        Primitive("seccomp", works("seccomp"), problems["seccomp"]),
        Primitive("own user id", works("own_uid") and reachable, problems["own_uid"] or _closed(found, reachable)),
        Primitive(
            "namespaces",
            bool(namespaces),
            {"root": "as root", "user": "as a user", "": problems["namespaces_user"]}[namespaces],
        ),
    ]
    missing: dict[str, str] = {}
    if not works("landlock"):
        missing["process"] = f"Landlock is missing ({problems['landlock']}); use Linux 5.13 or newer with it enabled."
    elif not works("seccomp"):
        missing["process"] = f"seccomp is missing ({problems['seccomp']}); use a kernel with it, on x86_64 or aarch64."
    for tier in ("uid", "full"):
        if "process" in missing:
            missing[tier] = missing["process"]
    if not works("own_uid"):
        missing.setdefault("uid", f"children can't get a user id of their own ({problems['own_uid']}); run as root.")
    elif not reachable:
        closed = ", ".join(found["closed"])
        missing.setdefault("uid", f"Python lies under {closed}, which other users can't enter; run chmod o+x {closed}.")
    if not namespaces:
        missing.setdefault(
            "full",
            f"namespaces can't be made ({problems['namespaces_user']}); run as root, or allow them to users with "
            "sysctl kernel.apparmor_restrict_unprivileged_userns=0.",
        )
    tier = next(tier for tier in reversed(TIERS) if tier not in missing)
    return TierReport(tier, primitives, missing, namespaces, own_uid, uncover)


def _closed(found: dict[str, Any], reachable: bool) -> str:
    return "" if reachable else f"Python lies under {', '.join(found['closed'])}, which other users can't enter"
