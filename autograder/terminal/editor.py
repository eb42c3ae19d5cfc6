"""Opens a student's editor at a line."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_WINDOWS = {"code", "code-insiders", "codium", "cursor", "windsurf", "subl", "zed", "gedit", "kate", "idea", "pycharm"}
_WINDOWS |= {"notepad", "notepad++", "gvim", "mate"}
_GOTO = {"code", "code-insiders", "codium", "cursor", "windsurf"}  # -g FILE:LINE
_COLON = {"subl", "zed", "hx", "helix"}  # FILE:LINE
_PLUS = {"vi", "vim", "nvim", "gvim", "view", "nano", "pico", "emacs", "emacsclient", "micro", "kak", "joe", "mg", "ne"}
_PLUS |= {"gedit"}  # +LINE FILE


@dataclass(frozen=True)
class Editor:
    """A command, and whether it runs in this terminal, which must then be left to it."""

    command: list[str]
    in_terminal: bool


def editor_for(path: str, line: int, environment: Mapping[str, str] = os.environ) -> Editor | None:
    """What $VISUAL or $EDITOR names, else VS Code where it is installed; None where there is neither.

    An editor that isn't known is taken for one that runs in the terminal, and opens the file without the line.
    """
    told = environment.get("VISUAL") or environment.get("EDITOR") or ("code" if shutil.which("code") else "")
    words = shlex.split(told, posix=os.name != "nt")
    if not words:
        return None
    name = Path(words[0]).name.lower().removesuffix(".exe").removesuffix(".cmd")
    if name in _GOTO:
        place = ["-g", f"{path}:{line}"]
    elif name in _COLON:
        place = [f"{path}:{line}"]
    else:
        place = [f"+{line}", path] if name in _PLUS else [path]
    if os.name == "nt":  # code.cmd is started by its whole name only
        words[0] = shutil.which(words[0]) or words[0]
    windowed = name in _WINDOWS or (name == "emacsclient" and not {"-t", "-nw", "--tty"} & set(words))
    return Editor([*words, *place], not windowed)
