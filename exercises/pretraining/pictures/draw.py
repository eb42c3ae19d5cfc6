"""Draws the four pictures of the lesson: windows.svg, schedule.svg, clip.svg and six_runs.svg.

    python exercises/pretraining/pictures/draw.py                    from your own functions
    python exercises/pretraining/pictures/draw.py --lesson solutions/pretraining/pretraining.py    from another file's

six_runs.svg shows runs that were measured (measured/curves_tell.json). Needs matplotlib. The files are written beside
this one, or into --out DIR.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

from autograder.experiments import load_file
from autograder.scripts import load_module, run_script, save_svg, svg_pyplot

plt = svg_pyplot("pretraining", 11)
HERE = Path(__file__).resolve().parent
BLUE, PALE, GREEN, ORANGE, RED, GREY = "#4c72b0", "#c9d6ea", "#cfe8d5", "#dd8452", "#c44e52", "#777777"
END, QUIZ_SEED = 0, 1
QUIZ = ("few", "early", "good", "noise", "low", "high")  # what A to F are


def blank(width: float, height: float, figsize: tuple[float, float]) -> tuple[Any, Any]:
    figure, axes = plt.subplots(figsize=figsize, layout="constrained")
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.axis("off")
    return figure, axes


def save(figure: Any, path: Path) -> None:
    save_svg(figure, path)
    plt.close(figure)


def draw_windows(lesson: ModuleType, path: Path) -> None:
    """Three documents as one stream, and a window: inputs, and the same one place on."""
    stream = lesson.join_documents([[5, 6, 7], [8, 3], [4, 9, 2, 6]], END).tolist()
    length, start = 4, 2
    one = torch.tensor(stream[start : start + length + 1])  # holds a single window
    x, y = (rows[0].tolist() for rows in lesson.random_windows(one, length, 1, torch.Generator()))
    figure, axes = blank(len(stream) + 1.6, 4.6, (5.2, 2.3))

    def row(ids: list[int], left: float, bottom: float, name: str, colour: str) -> None:
        axes.text(0.1, bottom + 0.45, name, va="center", fontsize=11)
        for place, one in enumerate(ids):
            face = "#dddddd" if one == END else colour
            at = left + place
            axes.add_patch(plt.Rectangle((at, bottom), 0.9, 0.9, facecolor=face, edgecolor="black", linewidth=0.8))
            axes.text(at + 0.45, bottom + 0.42, "end" if one == END else str(one), ha="center", va="center", fontsize=9)

    row(stream, 1.5, 3.3, "data", PALE)
    row(x, 1.5 + start, 1.7, "x", GREEN)
    row(y, 1.5 + start, 0.3, "y", "#f6d9c6")
    for place in range(length):
        at = 1.5 + start + place + 0.45
        axes.annotate("", (at, 1.2), (at, 1.7), arrowprops={"arrowstyle": "->", "shrinkA": 1, "shrinkB": 1})
    axes.text(1.8 + start + length, 1.45, f"{length} questions,\n{length} answers", va="center", fontsize=10)
    save(figure, path)


def draw_schedule(lesson: ModuleType, path: Path) -> None:
    """The rates of the docstring's example, step by step, and one whose end comes too early."""
    peak, floor, warmup, total, steps = 6e-4, 6e-5, 10, 110, 130
    figure, axes = plt.subplots(figsize=(5.2, 3.2), layout="constrained")
    early = [1e4 * lesson.learning_rate(step, peak, floor, warmup, 50) for step in range(steps)]
    rates = [1e4 * lesson.learning_rate(step, peak, floor, warmup, total) for step in range(steps)]
    axes.plot(early, color=RED, linestyle="--", linewidth=1.2)
    axes.plot(rates, color=BLUE, linewidth=1.8)
    for step in (0, 9, 35, 60, 85, 110):
        axes.plot(step, rates[step], "o", color=BLUE, markersize=5)
        side = (4, 4) if step else (6, -3)
        axes.annotate(f"{rates[step]:.3g}", (step, rates[step]), xytext=side, textcoords="offset points", fontsize=10)
    axes.axvspan(0, warmup, color=GREEN, alpha=0.6, linewidth=0)
    axes.text(warmup + 1, 6.6, "warmup until step 10", fontsize=10, va="center")
    axes.text(51, 1.2, "total = 50", color=RED, fontsize=10)
    axes.set(xlabel="step", ylabel="rate, in units of 1e-4", ylim=(0, 7), xlim=(-2, steps))
    axes.spines[["top", "right"]].set_visible(False)
    save(figure, path)


def draw_clip(lesson: ModuleType, path: Path) -> None:
    """The gradient (3, 4), and what a limit of 1 makes of it: by its norm, and number by number."""
    parts = [torch.zeros(1, requires_grad=True) for _ in range(2)]
    for part, value in zip(parts, (3.0, 4.0), strict=True):
        part.grad = torch.tensor([value])
    norm = lesson.clip_gradients(parts, 1.0)
    short = [part.grad.item() for part in parts]
    figure, axes = plt.subplots(figsize=(4.4, 3.6), layout="constrained")
    axes.add_patch(plt.Circle((0, 0), 1, facecolor=PALE, edgecolor=BLUE, alpha=0.6))
    for end, colour, width in (((3, 4), GREY, 1.2), ((1, 1), RED, 1.6), (tuple(short), BLUE, 2.0)):
        arrow = {"arrowstyle": "->", "color": colour, "linewidth": width, "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", end, (0, 0), arrowprops=arrow)
    axes.text(2.9, 3.95, f"(3, 4), norm {norm:g}", ha="right", va="bottom", color="black", fontsize=10)
    axes.text(0.15, 1.15, f"({short[0]:.1f}, {short[1]:.1f})", ha="right", color=BLUE, fontsize=10)
    axes.text(1.1, 0.9, "number by number: (1, 1),\nanother direction", color=RED, va="top", fontsize=10)
    axes.text(1.05, -0.15, "norm 1", color=BLUE, va="top", fontsize=10)
    axes.set(xlim=(-1.2, 4.2), ylim=(-1.2, 4.5), aspect="equal")
    axes.axis("off")
    save(figure, path)


def draw_six_runs(path: Path) -> None:
    """The runs of another seed than the measured picture shows, without their names."""
    claim = load_file(HERE.parent / "experiments" / "curves_tell.py")
    kept = json.loads((HERE.parent / "measured" / "curves_tell.json").read_text(encoding="utf-8"))
    numbers = kept["seeds"][QUIZ_SEED]["numbers"]
    figure, panels = plt.subplots(3, 2, figsize=(5.2, 6.4), layout="constrained", sharex=True, sharey=True)
    for panel, letter, arm in zip(panels.flat, "ABCDEF", QUIZ, strict=True):
        claim.panel_of(panel, numbers[f"trained_{arm}"], numbers[f"held_{arm}"])
        panel.set_title(letter, fontsize=11)
        panel.tick_params(labelsize=9)
        panel.spines[["top", "right"]].set_visible(False)
    figure.supxlabel("step", fontsize=10)
    figure.supylabel("nats a token: faint its batches, strong held out", fontsize=10)
    save(figure, path)


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw the pictures of the lesson pretraining.")
    parser.add_argument("--lesson", type=Path, default=HERE.parent / "pretraining.py", help="whose functions to draw")
    parser.add_argument("--out", type=Path, default=HERE, help="the folder to write to")
    arguments = parser.parse_args()
    lesson = load_module(arguments.lesson, "pretraining_lesson")
    for name, draw in (("windows", draw_windows), ("schedule", draw_schedule), ("clip", draw_clip)):
        draw(lesson, arguments.out / f"{name}.svg")
    draw_six_runs(arguments.out / "six_runs.svg")


if __name__ == "__main__":
    run_script(main)
