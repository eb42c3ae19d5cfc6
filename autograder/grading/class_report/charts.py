"""Charts as SVG that stands in the page itself: drawn by matplotlib, coloured by the page's own style.

matplotlib is what the course draws with already, and needs no script where it is looked at. Its text stays text, and
its colours become the page's variables, so that one chart is right by day and by night.
"""

from __future__ import annotations

import importlib.util
import io
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from autograder.checking.running import Outcome
from autograder.common.errors import CourseError
from autograder.common.text import one_line
from autograder.grading.class_report.statistics import Spread

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

OUTCOMES: dict[Outcome, str] = {"passed": "passed", "failed": "failed", "todo": "to do", "blocked": "blocked"}
_LONGEST = 30  # letters of a name beside its bar
_WIDTH = 4.7  # inches: on a phone a letter is then as large as it is here
# Colours that matplotlib may write down, and what the page puts in their place. What passed is blue, not green: next to
# red, eyes that don't tell the two apart see it too.
_INK, _BAR = "#010101", "#010102"
_FILLS: dict[Outcome, str] = {"passed": _BAR, "failed": "#010103", "todo": "#010104", "blocked": "#010105"}
_COLOURS = {_INK: "currentColor"} | {colour: f"var(--{outcome})" for outcome, colour in _FILLS.items()}
_COLOURS[_BAR] = "var(--bar)"
_COLOUR = re.compile("|".join(_COLOURS))
_REFERENCE = re.compile(r"^#|url\(#")
_SVG = "{http://www.w3.org/2000/svg}"
ElementTree.register_namespace("", _SVG.strip("{}"))
ElementTree.register_namespace("xlink", "http://www.w3.org/1999/xlink")


def need_matplotlib() -> None:
    """Raises CourseError where matplotlib is not installed."""
    if importlib.util.find_spec("matplotlib") is None:
        raise CourseError("The charts of the report need matplotlib: pip install -e '.[pictures]'")


def histogram(values: Sequence[float], lines: Spread, key: str) -> str:
    """How many of these shares lie in each tenth, with the median and the quartiles. `key` is the chart's own."""
    # What is above all points, or below none, after an adjustment is counted at the end.
    tenths = [min(max(int(value * 10 + 1e-9), 0), 9) for value in values]
    counts = [tenths.count(tenth) for tenth in range(10)]
    with _figure(2.4) as (figure, axes):
        bars = axes.bar([10 * tenth + 5 for tenth in range(10)], counts, width=9, color=_BAR)
        axes.bar_label(bars, [str(count) if count else "" for count in counts], padding=1)
        for value, style in ((lines.lower, ":"), (lines.median, "-"), (lines.upper, ":")):
            axes.axvline(min(max(100 * value, 0), 100), color=_INK, linestyle=style, linewidth=1)
        axes.set(xlabel="share of the points, %", ylabel="submissions", xlim=(0, 100), xticks=range(0, 101, 20))
        axes.set_yticks([])
        axes.margins(y=0.15)
        each = ", ".join(
            f"{count} from {10 * tenth} to {10 * tenth + 10} %" for tenth, count in enumerate(counts) if count
        )
        return _svg(figure, key, f"Submissions by their share of the points: {each}.")


def outcomes(rows: Mapping[str, Mapping[Outcome, int]], key: str) -> str:
    """What became of each exercise, as a bar of the whole class. `rows`: exercise → how many have which outcome."""
    places, before = range(len(rows)), [0.0] * len(rows)
    with _figure(0.9 + 0.26 * len(rows)) as (figure, axes):
        for outcome, label in OUTCOMES.items():
            parts = [100 * counts.get(outcome, 0) / sum(counts.values()) for counts in rows.values()]
            axes.barh(places, parts, left=before, height=0.7, color=_FILLS[outcome], label=label)
            before = [start + part for start, part in zip(before, parts, strict=True)]
        axes.set(xlabel="submissions, %", xlim=(0, 100), ylim=(len(rows) - 0.5, -0.5))
        axes.set_yticks(places, [one_line(name)[:_LONGEST] for name in rows])
        axes.tick_params(axis="y", length=0)
        figure.legend(loc="outside upper center", ncols=len(OUTCOMES), frameon=False, handlelength=1, columnspacing=1)
        each = "; ".join(f"{one_line(name)}: {_said(counts)}" for name, counts in rows.items())
        return _svg(figure, key, f"What became of each exercise. {each}.")


def _said(counts: Mapping[Outcome, int]) -> str:
    return ", ".join(f"{counts[outcome]} {label}" for outcome, label in OUTCOMES.items() if counts.get(outcome))


@contextmanager
def _figure(height: float) -> Iterator[tuple[Figure, Axes]]:
    import matplotlib
    from matplotlib.figure import Figure

    settings = matplotlib.rc_context(
        {
            "text.color": _INK, "axes.edgecolor": _INK, "axes.labelcolor": _INK, "xtick.color": _INK,
            "ytick.color": _INK, "axes.spines.top": False, "axes.spines.right": False, "axes.spines.left": False,
            "font.sans-serif": ["DejaVu Sans"], "text.parse_math": False,
            "svg.fonttype": "none",  # text as text
            "svg.hashsalt": "class report",  # the same bytes for the same figures
        }
    )  # fmt: skip
    with settings:
        figure = Figure(figsize=(_WIDTH, height), layout="constrained")
        yield figure, figure.add_subplot()


def _svg(figure: Figure, key: str, said: str) -> str:
    """The figure as an element of the page; `said` is what a screen reader says of it."""
    text = io.StringIO()
    with warnings.catch_warnings(action="ignore"):  # of letters that its font lacks: the browser has another one
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None})
    root = ElementTree.fromstring(text.getvalue())
    for part in (root.find(f"{_SVG}metadata"), root.find(f"{_SVG}defs")):  # whose style would be the whole page's
        if part is not None:
            root.remove(part)
    for element in root.iter():
        for name, value in element.items():
            if name == "id":  # several charts are in one page
                element.set(name, f"{key}-{value}")
            else:
                value = _REFERENCE.sub(rf"\g<0>{key}-", value)
                element.set(name, _COLOUR.sub(lambda found: _COLOURS[found[0]], value))
    for size in ("width", "height"):
        del root.attrib[size]
    root.attrib |= {"role": "img", "aria-label": said, "class": "chart"}
    return ElementTree.tostring(root, encoding="unicode")
