"""Draws the two pictures of the lesson: reading.svg and padding.svg.

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

from autograder.common.pictures import save_svg
from autograder.scripts import run_script, svg_pyplot

plt = svg_pyplot("classification", 11)
HERE = Path(__file__).resolve().parent
WORDS = ["The", "soup", "was", "not", "bad"]
SHORT = ["Cold", "bread"]
REAL, PADDING, CHOSEN, WRONG = "#c9d6ea", "#f0f0f0", "#55a868", "#c44e52"


def draw_reading(path: Path) -> None:
    """On the left who sees whom in a causal model; on the right what happens to the last vector."""
    figure, axes = plt.subplots(figsize=(8.4, 3.4), layout="constrained")
    axes.set(xlim=(-1.2, 14.6), ylim=(-1.5, 6.2))
    axes.set_aspect("equal")
    axes.axis("off")
    count = len(WORDS)
    for row, word in enumerate(WORDS):
        top = count - 1 - row
        axes.text(-0.2, top + 0.45, word, ha="right", va="center")
        axes.text(row + 0.45, count + 0.2, word, ha="center", fontsize=9)
        for column in range(count):
            colour = PADDING if column > row else CHOSEN if row == count - 1 else WRONG if row == 0 else REAL
            axes.add_patch(plt.Rectangle((column, top), 0.9, 0.9, facecolor=colour))
    axes.text(count / 2, -0.55, "row: a token; coloured: what it has seen", ha="center", fontsize=9, color="grey")
    axes.text(count / 2, -1.2, "(causal mask)", ha="center", fontsize=9, color="grey")

    def box(x: float, y: float, width: float, text: str, colour: str) -> None:
        axes.add_patch(plt.Rectangle((x, y), width, 0.9, facecolor=colour, edgecolor="black", linewidth=0.8))
        axes.text(x + width / 2, y + 0.43, text, ha="center", va="center", fontsize=10)

    def arrow(start: tuple[float, float], end: tuple[float, float]) -> None:
        axes.annotate("", end, start, arrowprops={"arrowstyle": "->"})

    box(6.6, 0, 2.4, "vector (D)", CHOSEN)
    box(10.0, 0, 2.3, "new head", "#cfe8d5")
    axes.text(13.0, 0.43, "logits", va="center")
    axes.text(14.0, -0.35, "(C)", ha="right", va="center", fontsize=9, color="grey")
    arrow((count + 0.1, 0.45), (6.6, 0.45))
    arrow((9.0, 0.45), (10.0, 0.45))
    arrow((12.3, 0.45), (12.95, 0.45))
    axes.text(7.8, -0.55, "has seen all", ha="center", fontsize=9, color="grey")
    axes.text(11.15, -0.55, "D × C weights", ha="center", fontsize=9, color="grey")
    box(6.6, 4, 2.4, "vector (D)", "#e6b8ba")
    arrow((count + 0.1, 4.45), (6.6, 4.45))
    axes.text(9.3, 4.43, "has seen one word: its own", va="center", fontsize=9, color="grey")
    save_svg(figure, path)
    plt.close(figure)


def draw_padding(pad_batch: Callable[..., dict], path: Path) -> None:
    """The same two texts padded on either side: mask, positions, and which vector each way of pooling takes."""
    texts = [WORDS, SHORT]
    figure, both = plt.subplots(1, 2, figsize=(8.4, 3.0), layout="constrained")
    for axes, side in zip(both, ("right", "left"), strict=True):
        vocabulary = [*WORDS, *SHORT]
        batch = pad_batch([[vocabulary.index(word) for word in text] for text in texts], len(vocabulary), side)
        rows = batch["input_ids"].tolist()
        masks = batch["attention_mask"].tolist()
        width = len(rows[0])
        axes.set(xlim=(-0.3, width + 0.5), ylim=(-0.5, 2.7))
        axes.set_aspect("equal")
        axes.axis("off")
        axes.set_title(f'side="{side}"', fontsize=10)
        for number, (ids, mask) in enumerate(zip(rows, masks, strict=True)):
            top = 1.6 - 1.6 * number
            last = max(column for column in range(width) if mask[column])
            for column in range(width):
                colour = "#a9d8b4" if column == last else REAL if mask[column] else PADDING
                axes.add_patch(plt.Rectangle((column, top), 0.94, 0.94, facecolor=colour))
                text = vocabulary[ids[column]] if mask[column] else "pad"
                axes.text(column + 0.47, top + 0.6, text, ha="center", va="center", fontsize=9,
                          color="black" if mask[column] else "grey")  # fmt: skip
                position = sum(mask[: column + 1]) - 1
                note = f"{position}" if mask[column] else "-"
                axes.text(column + 0.47, top + 0.22, note, ha="center", va="center", fontsize=8, color="#555555")
            axes.text(last + 0.47, top - 0.3, "last real token", ha="center", fontsize=8, color=CHOSEN)
            if not mask[-1]:
                axes.text(width - 0.53, top - 0.3, "index -1", ha="center", fontsize=8, color=WRONG)
    figure.supxlabel("small numbers: positions, counted from each text's first token", fontsize=9, color="grey")
    save_svg(figure, path)
    plt.close(figure)


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw the pictures of the lesson classification.")
    parser.add_argument(
        "--lesson", type=Path, default=HERE.parent / "classification.py", help="the file with pad_batch"
    )
    parser.add_argument("--out", type=Path, default=HERE, help="the folder to write to")
    arguments = parser.parse_args()
    draw_reading(arguments.out / "reading.svg")
    draw_padding(runpy.run_path(str(arguments.lesson))["pad_batch"], arguments.out / "padding.svg")


if __name__ == "__main__":
    run_script(main)
