"""Draws the four pictures of the lesson: flops.svg, power_law.svg, valley.svg and fits.svg.

    python exercises/scaling_laws/pictures/draw.py                                                  from your functions
    python exercises/scaling_laws/pictures/draw.py --lesson solutions/scaling_laws/scaling_laws.py  from another file's

Needs matplotlib. The files are written beside this one, or into --out DIR.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from types import ModuleType
from typing import Any

from autograder.experiments import load_file
from autograder.scripts import load_module, run_script, save_svg, svg_pyplot

plt = svg_pyplot("scaling_laws", 11)
HERE = Path(__file__).resolve().parent
BLUE, PALE, RED, GREEN, ORANGE, GREY = "#4c72b0", "#c9d6ea", "#c44e52", "#3f8f57", "#dd8452", "#777777"
GPT2 = {"parameters": 124_439_808, "layers": 12, "width": 768}
CONTEXTS = (1024, 4608, 16384)
SIZES, LOSSES = (100, 400, 1600), (4.0, 2.0, 1.25)  # the last is predicted


def new(figsize: tuple[float, float], count: int = 1) -> tuple[Any, Any]:
    figure, axes = plt.subplots(1, count, figsize=figsize, layout="constrained")
    figure.patch.set_facecolor("white")
    return figure, axes


def save(figure: Any, path: Path) -> None:
    save_svg(figure, path)
    plt.close(figure)


def draw_flops(lesson: ModuleType, path: Path) -> None:
    """What a token costs GPT-2 in training at three contexts, as areas: a square is one GFLOP."""
    figure, axes = new((5.2, 3.3))
    matrices = 6 * GPT2["parameters"]
    left = 0.0
    for context in CONTEXTS:
        both = lesson.flops_per_token(**GPT2, context=context)
        side = math.sqrt(both / 1e9)
        low = side * matrices / both
        axes.add_patch(plt.Rectangle((left, 0), side, low, facecolor=BLUE, edgecolor="black", linewidth=0.6))
        axes.add_patch(plt.Rectangle((left, low), side, side - low, facecolor=PALE, edgecolor="black", linewidth=0.6))
        axes.text(left, -0.07, f"{context:,} tokens", va="top", fontsize=10)
        axes.text(left, -0.23, f"{both / 1e9:.2f} GFLOPs", va="top", fontsize=9)
        axes.text(left, -0.37, f"attention {1 - matrices / both:.0%}", va="top", fontsize=9)
        left += max(side, 1.05) + 0.2
    for y, colour, words in ((1.42, BLUE, "matrices and tied table: 6 a parameter"), (1.24, PALE, "attention's own")):
        axes.add_patch(plt.Rectangle((0, y), 0.1, 0.1, facecolor=colour, edgecolor="black", linewidth=0.6))
        axes.text(0.15, y + 0.05, words, va="center", fontsize=9)
    axes.set(xlim=(-0.05, left), ylim=(-0.5, 1.65), aspect="equal")
    axes.axis("off")
    save(figure, path)


def draw_power_law(lesson: ModuleType, path: Path) -> None:
    """Two runs and the law through them, on plain axes and on logarithmic ones, and the third run, which it misses."""
    figure, both = new((5.2, 2.9), 2)
    a, alpha = lesson.fit_power_law(SIZES[:2], LOSSES[:2])
    predicted = lesson.predict_loss(SIZES[2], a, alpha)
    error = lesson.extrapolation_error(SIZES, LOSSES)
    xs = [80 * 1.1**step for step in range(34)]
    for axes, title in zip(both, ("plain axes: a curve", "logarithmic: a line"), strict=True):
        axes.plot(xs, [lesson.predict_loss(x, a, alpha) for x in xs], color=GREY, linewidth=1.5)
        axes.plot(SIZES[:2], LOSSES[:2], "o", color=BLUE)
        axes.plot(SIZES[2], predicted, "x", color=RED, markersize=8)
        axes.plot(SIZES[2], LOSSES[2], "o", color=RED)
        axes.set_title(title, fontsize=10)
        axes.set_xlabel("size")
    both[0].set_ylabel("loss")
    both[0].set_xticks(SIZES)
    both[0].set_ylim(0, 4.8)
    both[1].set(xscale="log", yscale="log", xlim=(70, 4000), ylim=(0.7, 5.5))
    both[1].set_xticks(SIZES, [f"{size}" for size in SIZES])
    both[1].set_yticks([1, 2, 4], ["1", "2", "4"])
    both[1].minorticks_off()
    both[0].text(520, 2.75, f"{a:g} · size^-{alpha:g}", fontsize=10, color=GREY)
    both[1].text(3600, LOSSES[2] * 1.3, f"measured {LOSSES[2]:g}", ha="right", fontsize=9, color=RED)
    both[1].text(
        1350, predicted * 0.9, f"said {predicted:g}: {error:+.0%}", ha="right", va="top", fontsize=9, color=RED
    )
    save(figure, path)


def draw_valley(lesson: ModuleType, path: Path) -> None:
    """A surface at one compute: its lowest place, and two parabolas, through sizes of both arms and of one."""
    published = load_file(HERE.parent / "experiments" / "_published.py")
    a, b, alpha, beta = published.SURFACES["refit"]
    entropy, flops = published.ENTROPIES["refit"], published.GOPHER
    best, _ = lesson.compute_optimal(flops, a, b, alpha, beta)

    def loss(size: float) -> float:
        return entropy + a / size**alpha + b / (flops / 6 / size) ** beta

    figure, axes = new((5.2, 3.5))
    xs = [best * 1.1**step for step in range(-31, 40)]
    axes.plot(xs, [loss(x) for x in xs], color=GREY, linewidth=1.5)
    axes.plot(best, loss(best), "v", color=GREY, markersize=8)
    axes.text(
        best * 0.85, loss(best) - 0.008, f"{best / 1e9:.0f} billion", ha="right", va="top", fontsize=9, color=GREY
    )
    for sizes, colour, words in (
        ([best * 2**step for step in (-2, -1, 0, 1, 2)], BLUE, "both arms"),
        ([best * 2**step for step in (1, 2, 3, 4, 5)], RED, "one arm"),
    ):
        found = lesson.isoflop_minimum(sizes, [loss(size) for size in sizes])
        axes.plot(sizes, [loss(size) for size in sizes], "o", color=colour, markersize=5,
                  label=f"{words}: vertex at {found / 1e9:.0f} billion")  # fmt: skip
        axes.axvline(found, color=colour, linestyle="--", linewidth=1)
    axes.set_xscale("log")
    axes.set_xticks([1e10, 1e11, 1e12], ["10 billion", "100 billion", "1,000 billion"])
    axes.minorticks_off()
    axes.set_xlabel("parameters, at 5.76e23 FLOPs")
    axes.set_ylabel("nats a token")
    axes.set_ylim(loss(best) - 0.03, 2.25)
    axes.legend(loc="upper left", fontsize=9)
    save(figure, path)


def draw_fits(lesson: ModuleType, path: Path) -> None:
    """Tokens a parameter at Chinchilla's compute, by five fits."""
    published = load_file(HERE.parent / "experiments" / "_published.py")
    flops = published.GOPHER
    found = {}
    for number, name in enumerate(("approach_1", "approach_2"), 1):
        size = lesson.predict_loss(flops, *lesson.fit_power_law(published.TABLES[name], published.SIZES))
        found[f"Hoffmann, approach {number}"] = flops / lesson.training_flops(size, size)
    for name, said in (
        ("printed", "Hoffmann, approach 3, as printed"),
        ("source", "the same, exponents of the source"),
        ("refit", "the same runs, fitted anew"),
    ):
        size, tokens = lesson.compute_optimal(flops, *published.SURFACES[name])
        found[said] = tokens / size
    figure, axes = new((5.2, 2.9))
    for place, (said, value) in enumerate(found.items()):
        near = value < 30
        axes.barh(-place, value, 0.45, color=BLUE if near else RED)
        axes.text(1, -place + 0.36, said, va="center", fontsize=9)
        axes.text(max(value, 20) + 1.5, -place, f"{value:.1f}", va="center", fontsize=10)
        axes.plot([20, 20], [-place - 0.3, -place + 0.2], color="black", linestyle=":", linewidth=1.2)
    axes.text(20, -4.4, "20", ha="center", va="top", fontsize=9)
    axes.set(xlim=(0, 108), ylim=(-4.9, 0.65), yticks=[])
    axes.set_xlabel("tokens a parameter at 5.76e23 FLOPs")
    save(figure, path)


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw the pictures of the lesson scaling_laws.")
    parser.add_argument("--lesson", type=Path, default=HERE.parent / "scaling_laws.py", help="whose functions to draw")
    parser.add_argument("--out", type=Path, default=HERE, help="the folder to write to")
    arguments = parser.parse_args()
    lesson = load_module(arguments.lesson, "scaling_laws_lesson")
    drawn = {"flops": draw_flops, "power_law": draw_power_law, "valley": draw_valley, "fits": draw_fits}
    for name, draw in drawn.items():
        draw(lesson, arguments.out / f"{name}.svg")


if __name__ == "__main__":
    run_script(main)
