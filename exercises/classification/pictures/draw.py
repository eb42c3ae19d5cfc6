"""Draws the three pictures of the lesson: extractor.svg, reading.svg and padding.svg.

    python exercises/classification/pictures/draw.py                   padding.svg from your own pad_batch
    python exercises/classification/pictures/draw.py --lesson solutions/classification/classification.py

Needs matplotlib. The files are written beside this one, or into --out DIR. The pictures of what was measured come
from `autograder experiment classification`.
"""

from __future__ import annotations

import argparse
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.scripts import run_script, save_svg, svg_pyplot

plt = svg_pyplot("classification", 11)
HERE = Path(__file__).resolve().parent
WORDS = ["The", "soup", "was", "not", "bad"]
SHORT = ["Cold", "bread"]
REAL, PADDING, CHOSEN, WRONG, GREY = "#c9d6ea", "#f0f0f0", "#55a868", "#c44e52", "#666666"


def canvas(height: float) -> tuple[Any, Any]:
    """A figure 5.2 inches wide whose axes count in tenths of an inch."""
    figure, axes = plt.subplots(figsize=(5.2, height / 10), layout="constrained")
    axes.set(xlim=(0, 52), ylim=(0, height))
    axes.axis("off")
    return figure, axes


def box(axes: Any, x: float, y: float, width: float, text: str, colour: str, **style: Any) -> None:
    style = {"edgecolor": "black", "linewidth": 0.8} | style
    axes.add_patch(plt.Rectangle((x, y), width, 4.6, facecolor=colour, **style))
    axes.text(x + width / 2, y + 2.2, text, ha="center", va="center", fontsize=9)


def arrow(axes: Any, start: tuple[float, float], end: tuple[float, float]) -> None:
    axes.annotate("", end, start, arrowprops={"arrowstyle": "->", "shrinkA": 0, "shrinkB": 0})


def save(figure: Any, path: Path) -> None:
    save_svg(figure, path)
    plt.close(figure)


def draw_extractor(path: Path) -> None:
    """The same plan twice: a reader that stays as it is, one vector, a head that is trained."""
    figure, axes = canvas(26)
    rows = (
        (14.5, "for images", "a photo", "convolutions,\nfrozen", "one vector", "new head\nD × C", "its old last layer"),
        (1, "for texts", "The soup\nwas not bad", "12 blocks,\nfrozen", "vector of\nlast token", "new head\n768 × 2",
         "the language head"),
    )  # fmt: skip
    for y, title, given, reader, vector, head, old in rows:
        axes.text(0, y + 8.6, title, va="center", weight="bold", fontsize=10)
        for x, width, text, colour in (
            (0, 10, given, "#fbeed5"),
            (13, 12, reader, REAL),
            (28, 10, vector, "white"),
            (41, 10.5, head, "#cfe8d5"),
        ):
            box(axes, x, y, width, text, colour)
        for x in (10, 25, 38):
            arrow(axes, (x, y + 2.3), (x + 3, y + 2.3))
        box(axes, 28, y + 6.2, 23.5, f"{old}: left out", "none", edgecolor=GREY, linestyle="--")
    save(figure, path)


def draw_reading(path: Path) -> None:
    """On the left who sees whom in a causal model; on the right what happens to the first and the last vector."""
    figure, axes = canvas(28)
    count, side = len(WORDS), 4
    for row, word in enumerate(WORDS):
        bottom = 4 + side * (count - 1 - row)
        axes.text(6.3, bottom + 1.9, word, ha="right", va="center", fontsize=10)
        axes.text(7 + side * row + 1.9, 25.2, word, ha="center", va="center", fontsize=9)
        for column in range(count):
            colour = PADDING if column > row else CHOSEN if row == count - 1 else WRONG if row == 0 else REAL
            axes.add_patch(plt.Rectangle((7 + side * column, bottom), side - 0.3, side - 0.3, facecolor=colour))
    axes.text(16.8, 1.6, "row: a token; coloured: what it has seen", ha="center", va="center", fontsize=9, color=GREY)
    for bottom, colour, told in ((20, "#e6b8ba", "has seen one word: its own"), (4, "#a9d8b4", "has seen all")):
        arrow(axes, (27, bottom + 1.9), (30, bottom + 1.9))
        box(axes, 30, bottom - 0.4, 9, "vector (D)", colour)
        axes.text(30, bottom + 5.7, told, va="center", fontsize=9, color=GREY)
    arrow(axes, (39, 5.9), (42, 5.9))
    box(axes, 42, 3.6, 9.5, "new head\nD × C", "#cfe8d5")
    arrow(axes, (46.7, 3.6), (46.7, 2.2))
    axes.text(46.7, 1.2, "C logits", ha="center", va="center", fontsize=9)
    save(figure, path)


def draw_padding(pad_batch: Callable[..., dict], path: Path) -> None:
    """The same two texts padded on either side: mask, positions, and which vector each way of pooling takes."""
    texts = [WORDS, SHORT]
    figure, axes = canvas(40)
    for top, side in ((39, "right"), (19, "left")):
        vocabulary = [*WORDS, *SHORT]
        batch = pad_batch([[vocabulary.index(word) for word in text] for text in texts], len(vocabulary), side)
        rows = batch["input_ids"].tolist()
        masks = batch["attention_mask"].tolist()
        axes.text(0, top - 7, f'side=\n"{side}"', va="center", fontsize=10)
        for number, (ids, mask) in enumerate(zip(rows, masks, strict=True)):
            bottom, width = top - 6 - 9 * number, len(ids)
            last = max(column for column in range(width) if mask[column])
            for column in range(width):
                left = 9.5 + 8.5 * column
                colour = "#a9d8b4" if column == last else REAL if mask[column] else PADDING
                axes.add_patch(plt.Rectangle((left, bottom), 8.2, 5, facecolor=colour))
                text = vocabulary[ids[column]] if mask[column] else "pad"
                axes.text(left + 4.1, bottom + 3.5, text, ha="center", va="center", fontsize=10,
                          color="black" if mask[column] else GREY)  # fmt: skip
                note = f"{sum(mask[: column + 1]) - 1}" if mask[column] else "-"
                axes.text(left + 4.1, bottom + 1.3, note, ha="center", va="center", fontsize=9, color="#555555")
            under = {"ha": "center", "va": "center", "fontsize": 9}
            axes.text(9.5 + 8.5 * last + 4.1, bottom - 1.6, "last real", color="#2d6a4f", **under)
            if not mask[-1]:
                axes.text(9.5 + 8.5 * width - 4.4, bottom - 1.6, "index -1", color=WRONG, **under)
    save(figure, path)


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw the pictures of the lesson classification.")
    parser.add_argument(
        "--lesson", type=Path, default=HERE.parent / "classification.py", help="the file with pad_batch"
    )
    parser.add_argument("--out", type=Path, default=HERE, help="the folder to write to")
    arguments = parser.parse_args()
    draw_extractor(arguments.out / "extractor.svg")
    draw_reading(arguments.out / "reading.svg")
    draw_padding(runpy.run_path(str(arguments.lesson))["pad_batch"], arguments.out / "padding.svg")


if __name__ == "__main__":
    run_script(main)
