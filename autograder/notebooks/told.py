"""What `check` shows: the same lines as text, and in colour where a frontend shows HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

State = Literal["done", "wrong", "todo"]
_MARKS: dict[State, tuple[str, str]] = {"done": ("✓", "#1a7f37"), "wrong": ("✗", "#cf222e"), "todo": ("…", "#9a6700")}
_WARNING = "#9a6700"


@dataclass(frozen=True)
class Told:
    """`lines`: the verdict, then what goes with it; `warnings`: what won't count; `steps`: what to do now."""

    state: State
    lines: Sequence[str]
    warnings: Sequence[str] = ()
    steps: Sequence[str] = ()

    def __repr__(self) -> str:
        return "\n".join([*self.lines, *self.warnings, *self.steps])

    def _repr_html_(self) -> str:
        mark, colour = _MARKS[self.state]
        first, *rest = self.lines
        parts = [f'<div style="color: {colour}; font-weight: bold">{mark} {escape(first)}</div>']
        if rest:
            parts.append(f'<pre style="margin: 0.3em 1.2em; white-space: pre-wrap">{escape(chr(10).join(rest))}</pre>')
        parts += [f'<div style="color: {_WARNING}">{escape(one)}</div>' for one in self.warnings]
        parts += [f"<div>{escape(one)}</div>" for one in self.steps]
        return "".join(parts)
