"""A picture of matplotlib as an SVG that is read on a white page and on a dark one."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from autograder.common.files import write_whole

PAGE, INK = (13, 17, 23), (240, 246, 252)  # a dark page and what is written on it, as GitHub has them
_OPEN = "  <style>@media (prefers-color-scheme: dark) {"
_WITHOUT = re.compile(re.escape(_OPEN) + r".*?</style>\n", re.DOTALL)
# What lies behind a figure and behind its axes: the first path of the figure, and of each of its axes.
_BEHIND = re.compile(r'(<g id="(?:figure|axes)_\d+">\s*<g id="patch_\d+">\s*<path d="[^"]*" style="fill: )#ffffff')
# What turns a hue back after all colours were inverted: CSS's hue-rotate(180deg).
_HUE = ((-0.574, 1.43, 0.144), (0.426, 0.43, 0.144), (0.426, 1.43, -0.856))


def save_svg(figure: Any, path: Path) -> None:
    """Write a matplotlib figure: the same bytes for the same figure, nothing behind it, and colours for both schemes.

    Its rcParams should say `svg.fonttype` "none" (text stays text) and a `svg.hashsalt`.
    """
    written = io.StringIO()
    figure.savefig(written, format="svg", metadata={"Date": None})
    write_whole(path, for_both_schemes(written.getvalue()))


def for_both_schemes(svg: str) -> str:
    """An SVG of matplotlib without what lies behind it, and with another value of each colour where the page is dark.

    Asked again of what it gave, it changes nothing.
    """
    svg = _BEHIND.sub(r"\1none", _WITHOUT.sub("", svg))
    rules = [f"svg {{fill: {_hex(INK)}}}", "image {filter: invert(1) hue-rotate(180deg)}"]
    for kind, colour in sorted(set(re.findall(r"(fill|stroke): (#[0-9a-f]{6})", svg))):
        rules.append(f'[style*="{kind}: {colour}"] {{{kind}: {in_the_dark(colour)} !important}}')
    inside = "\n".join([_OPEN, *(f"   {rule}" for rule in rules), "  }</style>", " </defs>"])
    return svg.replace(" </defs>", inside, 1)


def in_the_dark(colour: str) -> str:
    """What a colour of a white page, as "#rrggbb", is on a dark one: the same hue, as far from the page as it was."""
    turned = [255 - int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    parts = [sum(weight * part for weight, part in zip(row, turned, strict=True)) / 255 for row in _HUE]
    light = [min(1.0, max(0.0, part)) for part in parts]
    return _hex([dark + share * (ink - dark) for dark, ink, share in zip(PAGE, INK, light, strict=True)])


def _hex(parts: Iterable[float]) -> str:
    return "#" + "".join(f"{round(part):02x}" for part in parts)
