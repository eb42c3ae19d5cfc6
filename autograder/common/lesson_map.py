"""The map of the lessons: which uses which, by module, as an SVG drawn from each lesson.toml.

It is as wide as a telephone's screen, so that nothing is scaled down there, and follows the reader's light or dark.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from autograder.common.lessons import Lesson

MAP = "exercises/map.svg"

WIDTH, MARGIN, BOX_WIDTH = 390, 10, 248
HEADING, ROW, BOX = 30, 30, 24  # heights: a module's heading, a lesson with its gap, its box
LETTER = 6.4  # an average letter of 12 px
LANE = 18  # between two lanes, at most
OUT, INTO, INTO_CLAIM = -5, 2, 9  # where lines leave and enter a box, from its middle
STYLE = """
  text { font: 12px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328; }
  .module { font-weight: 600; font-size: 13px; }
  .ground { fill: #ffffff; stroke: #d1d9e0; }
  .box { fill: #eef3fa; stroke: #8094b0; }
  .line { fill: none; stroke: #4c5f7d; stroke-width: 1.6; }
  .claim { stroke-dasharray: 4 3; }
  .end { fill: #4c5f7d; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .ground { fill: #0d1117; stroke: #3d444d; }
    .box { fill: #1c2a3f; stroke: #6f88ad; }
    .line { stroke: #a9bddb; }
    .end { fill: #a9bddb; }
  }
"""


def leans_on(lesson: Lesson) -> list[str]:
    """The lessons that it uses, less those that another of them brings."""
    brought = {further for uses in lesson.uses.values() for further in uses}
    return [name for name in lesson.uses if name not in brought]


@dataclass
class Lane:
    """A line beside the boxes: it begins at each of the rows `used`, and ends at the row `user`."""

    used: list[int]
    user: int
    claim: bool  # only a measured claim uses them
    place: int = 0  # counted from the boxes

    def meets(self, other: Lane) -> bool:
        return min(self.used) <= other.user and min(other.used) <= self.user


def lanes(lessons: Sequence[Lesson]) -> list[Lane]:
    """For each lesson that uses others a lane, and one more for those that only its claims use; short ones inside."""
    rows = {lesson.name: row for row, lesson in enumerate(lessons)}

    def lane(names: Iterable[str], user: Lesson, claim: bool) -> Iterator[Lane]:
        if used := sorted(rows[name] for name in names if name in rows):
            yield Lane(used, rows[user.name], claim)

    found: list[Lane] = []
    for lesson in lessons:
        found += lane(leans_on(lesson), lesson, False)
        found += lane({name for claim in lesson.claims.values() for name in claim.uses} - {*lesson.uses}, lesson, True)
    found.sort(key=lambda one: (one.user - min(one.used), one.user))
    for number, one in enumerate(found):
        taken = {other.place for other in found[:number] if one.meets(other)}
        one.place = next(place for place in range(len(found)) if place not in taken)
    return found


def lesson_map(lessons: Sequence[Lesson]) -> str:
    """The map, for lessons in teaching order."""
    boxes: list[str] = []
    middles: list[float] = []  # of each row
    y = float(MARGIN)
    for module, group in groupby(lessons, key=lambda lesson: lesson.module):
        if module:
            boxes.append(f'<text class="module" x="{MARGIN}" y="{y + 18:g}">{escape(module)}</text>')
            y += HEADING
        for lesson in group:
            boxes += _box(lesson, y)
            middles.append(y + BOX / 2)
            y += ROW
    drawn = lanes(lessons)
    lines = [part for lane in drawn for part in _line(lane, drawn, middles)]
    legend = list(_legend(drawn, y))
    height = y + MARGIN + 20 * len(legend)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:g}" '
            f'viewBox="0 0 {WIDTH} {height:g}" role="img" aria-labelledby="title">',
            '<title id="title">Which lesson uses which</title>',
            f"<style>{STYLE}</style>",
            f'<rect class="ground" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1:g}" rx="6"/>',
            *lines,
            *boxes,
            *legend,
            "</svg>\n",
        ]
    )


def _box(lesson: Lesson, y: float) -> Iterator[str]:
    room = BOX_WIDTH - 16
    squeezed = f' textLength="{room}" lengthAdjust="spacingAndGlyphs"' if len(lesson.title) * LETTER > room else ""
    yield f'<rect class="box" x="{MARGIN}" y="{y:g}" width="{BOX_WIDTH}" height="{BOX}" rx="4"/>'
    yield f'<text x="{MARGIN + 8}" y="{y + 16:g}"{squeezed}>{escape(lesson.title)}</text>'


def _line(lane: Lane, among: Sequence[Lane], middles: Sequence[float]) -> Iterator[str]:
    """From each lesson that is used to the lane, down, and into the lesson that uses it. A dot says: here they join."""
    edge = MARGIN + BOX_WIDTH
    gap = min(LANE, (WIDTH - MARGIN - edge - 16) / max(one.place + 1 for one in among))
    x = edge + 16 + gap * lane.place
    first, *others = [middles[row] + OUT for row in lane.used]
    into = middles[lane.user] + (INTO_CLAIM if lane.claim else INTO)
    kind = "line claim" if lane.claim else "line"
    yield f'<path class="{kind}" d="M{edge} {first:g}H{x:g}V{into:g}H{edge + 7}"/>'
    for out in others:
        yield f'<path class="{kind}" d="M{edge} {out:g}H{x:g}"/>'
    for out in (first, *others):
        yield f'<circle class="end" cx="{x:g}" cy="{out:g}" r="2.6"/>'
    yield f'<path class="end" d="M{edge + 1} {into:g}l8 -3.5v7z"/>'


def _legend(drawn: Sequence[Lane], y: float) -> Iterator[str]:
    """What a line means, for the kinds that there are."""
    told = {False: "goes into: its functions are used there", True: "goes into a measured claim only"}
    for number, claim in enumerate(sorted({lane.claim for lane in drawn})):
        middle = y + 10 + 20 * number
        kind = "line claim" if claim else "line"
        yield (
            f'<circle class="end" cx="{MARGIN + 4}" cy="{middle:g}" r="2.6"/>'
            f'<path class="{kind}" d="M{MARGIN + 4} {middle:g}h22"/>'
            f'<path class="end" d="M{MARGIN + 34} {middle:g}l-8 -4v8z"/>'
            f'<text x="{MARGIN + 44}" y="{middle + 4:g}">{told[claim]}</text>'
        )
