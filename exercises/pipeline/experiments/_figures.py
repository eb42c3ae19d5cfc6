"""How several claims name and draw what they measure."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any


def pick(figures: SimpleNamespace, *parts: str) -> Any:
    """The figure whose name is these parts with commas between them, such as "sft, facts right, with"."""
    return vars(figures)[", ".join(parts)]


def draw_bars(axes, values: dict[str, float], label: str, top: float) -> None:
    """A bar for each value, with the value on it."""
    axes.bar(list(values), list(values.values()), width=0.5, color="#4c72b0")
    for index, value in enumerate(values.values()):
        axes.text(index, value, f"{value:.2f}", ha="center", va="bottom")
    axes.set_ylabel(label)
    axes.set_ylim(0, top)
