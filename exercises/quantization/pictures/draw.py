"""Draws the four pictures of the lesson: spectrum.svg, scales.svg, levels.svg and qlora.svg.

    python exercises/quantization/pictures/draw.py                                        from your own functions
    python exercises/quantization/pictures/draw.py --lesson solutions/quantization/quantization.py    another file's

Needs matplotlib. The files are written beside this one, or into --out DIR.
"""

from __future__ import annotations

import argparse
import runpy
from pathlib import Path

import torch

from autograder.scripts import run_script, save_svg, svg_pyplot

plt = svg_pyplot("quantization", 11)
HERE = Path(__file__).resolve().parent
INT4, NF4, BELL, GREY = "#dd8452", "#4c72b0", "#c9c9c9", "#666666"
FORMATS = {"fp32": (32, "about\n4 billion"), "bf16": (16, "about\n65,000"), "int8": (8, "255"), "int4": (4, "15")}
PARAMETERS = 7_000_000_000


def draw_levels(lesson: dict, path: Path) -> None:
    """Two number lines: where the levels of int4 and of NF4 lie, and where the weights of a block do."""
    figure, axes = plt.subplots(figsize=(5.2, 3.2), layout="constrained")
    blocks = torch.randn(2000, 64, generator=torch.Generator().manual_seed(0))
    weights = (blocks / blocks.abs().amax(dim=1, keepdim=True)).flatten().numpy()
    axes.hist(weights, bins=81, range=(-1, 1), weights=[1 / 5000] * len(weights), color=BELL)
    axes.text(-1.4, 1.0, "normal weights, each block of 64\ndivided by its largest magnitude", color=GREY, fontsize=9)
    int4 = lesson["absmax_dequantize"](torch.arange(-7, 8).to(torch.int8), torch.tensor(1 / 7)).tolist()
    for height, name, levels, colour in ((-0.35, "int4", int4, INT4), (-0.85, "NF4", lesson["NF4_LEVELS"], NF4)):
        axes.plot([-1, 1], [height, height], color=colour, linewidth=1)
        axes.plot(levels, [height] * len(levels), "|", color=colour, markersize=18, markeredgewidth=2)
        axes.text(-1.06, height, f"{name},\n{len(levels)} levels", ha="right", va="center", color=colour, fontsize=9)
    axes.set(xlim=(-1.42, 1.05), ylim=(-1.15, 1.35), yticks=[])
    axes.set_xticks([-1, -0.5, 0, 0.5, 1])
    axes.spines[["top", "right", "left"]].set_visible(False)
    save_svg(figure, path)
    plt.close(figure)


def draw_scales(lesson: dict, path: Path) -> None:
    """One weight matrix with an outlier, three times: which numbers int4 turns into zero."""
    figure, panels = plt.subplots(3, 1, figsize=(5.2, 5.4), layout="constrained")
    w = torch.randn(6, 16, generator=torch.Generator().manual_seed(3))
    w[2, 5] = 40.0
    results = {
        "one scale": lesson["absmax_quantize"](w, 4)[0],
        "one scale per row": lesson["absmax_quantize"](w, 4, dim=1)[0],
        "one scale per block of 8": lesson["blockwise_quantize"](w, 8, 4)[0],
    }
    for axes, (name, q) in zip(panels, results.items(), strict=True):
        axes.imshow(q.abs().float().sqrt(), cmap="Blues", vmin=0, vmax=7**0.5, aspect="auto")
        for row in range(6):
            for column in range(16):
                if q[row, column] == 0:
                    axes.text(column, row, "0", ha="center", va="center", fontsize=9, color=GREY)
        axes.add_patch(plt.Rectangle((4.5, 1.5), 1, 1, fill=False, edgecolor="#c44e52", linewidth=2))
        if "row" in name or "block" in name:
            for row in range(1, 6):
                axes.axhline(row - 0.5, color="black", linewidth=0.8)
        if "block" in name:
            axes.axvline(7.5, color="black", linewidth=0.8)
        axes.set(xticks=[], yticks=[], title=f"{name}: {(q == 0).sum()} of {q.numel()} become 0")
        axes.title.set_fontsize(10)
    save_svg(figure, path)
    plt.close(figure)


def draw_qlora(path: Path) -> None:
    """x splits: through the 4-bit W, dequantized on the way, and through A, B and alpha / r; both meet in h."""
    figure, axes = plt.subplots(figsize=(5.2, 2.9), layout="constrained")
    axes.set(xlim=(0, 52), ylim=(0, 29))
    axes.axis("off")

    def box(x: float, y: float, width: float, text: str, colour: str) -> None:
        axes.add_patch(plt.Rectangle((x, y), width, 5.4, facecolor=colour, edgecolor="black"))
        axes.text(x + width / 2, y + 2.6, text, ha="center", va="center", fontsize=10)

    def arrow(*points: tuple[float, float], style: str = "-") -> None:
        axes.plot(*zip(*points[:-1], strict=True), color="black", linewidth=1)
        shown = {"arrowstyle": "->", "shrinkA": 0, "shrinkB": 0, "linestyle": style}
        axes.annotate("", points[-1], points[-2], arrowprops=shown)

    box(5, 20, 17, "codes, 4 bits,\nblock maxima", "#c9d6ea")
    box(29, 20, 12, "Ŵ, for a\nmoment", "#eef2f8")
    arrow((22, 22.7), (29, 22.7), style="--")
    axes.text(25.3, 18.4, "dequantize", ha="center", va="center", fontsize=9, color=GREY)
    box(9, 5, 11, "A\n(r × d_in)", "#cfe8d5")
    box(23, 5, 12, "B\n(d_out × r)", "#cfe8d5")
    axes.text(40.4, 7.6, "· alpha/r", va="center", ha="center", fontsize=10)
    axes.text(1.5, 14.9, "x", va="center", ha="center", fontsize=14)
    axes.text(50.5, 22.6, "h", va="center", ha="center", fontsize=14)
    axes.add_patch(plt.Circle((46, 22.7), 1.4, facecolor="white", edgecolor="black", zorder=3))
    axes.text(46, 22.6, "+", va="center", ha="center", fontsize=13, zorder=4)
    arrow((2.8, 15), (35, 15), (35, 20))
    arrow((41, 22.7), (44.6, 22.7))
    arrow((47.4, 22.7), (49.4, 22.7))
    arrow((5, 15), (5, 7.7), (9, 7.7))
    arrow((20, 7.7), (23, 7.7))
    axes.plot((35, 36.2), (7.7, 7.7), color="black", linewidth=1)
    arrow((44.4, 7.7), (46, 7.7), (46, 21.3))
    axes.text(5, 27.3, "the highway: frozen, 4.5 bits a weight", va="center", fontsize=10, color=GREY)
    axes.text(9, 2.6, "the detour: trained, 16 or 32 bits", va="center", fontsize=10, color=GREY)
    save_svg(figure, path)
    plt.close(figure)


def draw_spectrum(path: Path) -> None:
    """Four formats on one line; above each how large 7 billion weights are, below how many numbers a weight can be."""
    figure, axes = plt.subplots(figsize=(5.2, 3.4), layout="constrained")
    axes.set(xlim=(-0.5, 3.6), ylim=(-24, 34))
    axes.axis("off")
    axes.annotate("", (3.6, 0), (-0.45, 0), arrowprops={"arrowstyle": "->", "shrinkA": 0, "shrinkB": 0})
    for place, (name, (bits, numbers)) in enumerate(FORMATS.items()):
        size = PARAMETERS * bits / 8 / 1e9
        axes.add_patch(plt.Rectangle((place - 0.28, 0), 0.56, size, facecolor="#9fb8dc"))
        middle = {"ha": "center", "va": "center"}
        axes.text(place, size + 2, f"{size:g} GB", **middle, fontsize=10)
        axes.text(place, -2.8, name, **middle, fontsize=11, weight="bold")
        axes.text(place, -8.2, numbers, **middle, fontsize=9, color=GREY)
    for left, right, text in ((-0.3, 1.3, "mixed precision:\ntraining"), (1.7, 3.3, "quantization:\nthis lesson")):
        axes.plot((left, left, right, right), (-13, -14.5, -14.5, -13), color=GREY, linewidth=1)
        axes.text((left + right) / 2, -19, text, ha="center", va="center", fontsize=10)
    save_svg(figure, path)
    plt.close(figure)


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw the pictures of the lesson quantization.")
    parser.add_argument(
        "--lesson", type=Path, default=HERE.parent / "quantization.py", help="the file whose functions to use"
    )
    parser.add_argument("--out", type=Path, default=HERE, help="the folder to write to")
    arguments = parser.parse_args()
    lesson = runpy.run_path(str(arguments.lesson))
    draw_spectrum(arguments.out / "spectrum.svg")
    draw_levels(lesson, arguments.out / "levels.svg")
    draw_scales(lesson, arguments.out / "scales.svg")
    draw_qlora(arguments.out / "qlora.svg")


if __name__ == "__main__":
    run_script(main)
