"""Draws the picture of the lesson: merges.svg, a word while merges grow.

    python exercises/tokenization/pictures/draw.py                                          from your own functions
    python exercises/tokenization/pictures/draw.py --lesson solutions/tokenization/tokenization.py

Needs matplotlib. The file is written beside this one, or into --out DIR.
"""

from __future__ import annotations

import argparse
import runpy
from pathlib import Path

from autograder.scripts import run_script, save_svg, svg_pyplot

plt = svg_pyplot("tokenization", 11)
HERE = Path(__file__).resolve().parent
TEXT = "aaabdaaabac"
COLOURS = {1: "#e8e8e8", 2: "#c9d6ea", 3: "#8fb0d9", 4: "#dd8452"}  # by the length of a token


def draw_merges(lesson: dict, path: Path) -> None:
    """A row of boxes for each step: the tokens of the text after so many merges."""
    _, merges = lesson["train_bpe"](TEXT, 256 + 3)
    rows = [tuple(letter.encode() for letter in TEXT)]
    for pair in merges:
        rows.append(lesson["merge_pair"](rows[-1], pair))
    figure, axes = plt.subplots(figsize=(5.2, 2.3), layout="constrained")
    axes.set(xlim=(-5.2, len(TEXT) + 1.6), ylim=(-len(rows) + 0.4, 0.9))
    axes.axis("off")
    for step, tokens in enumerate(rows):
        left, right = (token.decode() for token in merges[step - 1]) if step else ("", "")
        label = f"{256 + step - 1} = {left} + {right}" if step else "single bytes"
        axes.text(-0.3, -step + 0.05, label, ha="right", va="center")
        start = 0
        for token in tokens:
            size = len(token)
            axes.add_patch(
                plt.Rectangle((start + 0.04, -step - 0.3), size - 0.08, 0.7, facecolor=COLOURS[size], edgecolor="black")
            )
            axes.text(start + size / 2, -step + 0.05, token.decode(), ha="center", va="center", color="black")
            start += size
        axes.text(len(TEXT) + 0.3, -step + 0.05, str(len(tokens)), va="center", color="grey")
    axes.text(len(TEXT) + 0.3, 0.75, "tokens", va="center", color="grey", fontsize=9)
    save_svg(figure, path)
    plt.close(figure)


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw the picture of the lesson tokenization.")
    parser.add_argument(
        "--lesson", type=Path, default=HERE.parent / "tokenization.py", help="the file whose functions to use"
    )
    parser.add_argument("--out", type=Path, default=HERE, help="the folder to write to")
    arguments = parser.parse_args()
    draw_merges(runpy.run_path(str(arguments.lesson)), arguments.out / "merges.svg")


if __name__ == "__main__":
    run_script(main)
