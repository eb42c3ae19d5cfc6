"""What the trusted side tells the zygote when it starts it: one JSON argument, which children may read."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

from autograder.sandbox.limits import Limits
from autograder.sandbox.paths import package_folders

# `autograder` must be found even where it isn't installed, and its parent folder must not stay on the path: the
# lessons lie there. User-installed packages are found although `-s` leaves their folder out.
_PROGRAM = """
import json, sys
folder, packages, module, setup = sys.argv[1:]
sys.path.insert(0, folder)
import autograder
del sys.path[0]
sys.path += [entry for entry in json.loads(packages) if entry not in sys.path]
import importlib
importlib.import_module(module).main(setup)
"""


@dataclass(frozen=True)
class Setup:
    """How the zygote is to isolate its children; decided by `tiers`, and kept to or given up, never weakened."""

    tier: str
    folder: str = ""  # empty, made for this zygote: scratch folders, or the place to mount a new root
    controls: list[int] = field(default_factory=list)  # one socket per client
    limits: Limits = field(default_factory=Limits)
    namespaces: str = ""  # "root" or "user" at tier full
    own_uid: bool = False
    uncover: bool = False  # Python lies under a folder that other users can't enter
    preload: bool = True  # import torch and the like before forking
    trace_imports: bool = False

    @property
    def restricted(self) -> bool:
        """Whether children get Landlock, seccomp and resource limits."""
        return self.tier != "none"

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Setup:
        fields = json.loads(text)
        return cls(**{**fields, "limits": Limits(**fields["limits"])})


def command(module: str, argument: str) -> list[str]:
    """The command that runs `main(argument)` of `module` in a fresh interpreter, apart from this one's settings.

    `-P -s` and an environment of ours are what `-I` would do, but PYTHONHASHSEED is kept.
    """
    package_parent = str(Path(__file__).resolve().parents[2])
    return [sys.executable, "-P", "-s", "-c", _PROGRAM, package_parent, json.dumps(package_folders()), module, argument]
