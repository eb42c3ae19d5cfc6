"""Draws the three pictures of the lesson: levels.svg, scales.svg and qlora.svg.

    python exercises/quantization/pictures/draw.py                                        from your own functions
    python exercises/quantization/pictures/draw.py --lesson solutions/quantization/quantization.py    another file's

Needs matplotlib. The files are written beside this one, or into --out DIR.
"""

from __future__ import annotations

import argparse
import runpy
from pathlib import Path

import torch

from autograder.common.pictures import save_svg
from autograder.scripts import run_script, svg_pyplot

plt = svg_pyplot("quantization", 11)
HERE = Path(__file__).resolve().parent
INT4, NF4, BELL = "#dd8452", "#4c72b0", "#c9c9c9"


def draw_levels(lesson: dict, path: Path) -> None:
    """Two number lines: where the levels of int4 and of NF4 lie, and where the weights of a block do."""
    figure, axes = plt.subplots(figsize=(8, 3.4), layout="constrained")
    blocks = torch.randn(2000, 64, generator=torch.Generator().manual_seed(0))
    weights = (blocks / blocks.abs().amax(dim=1, keepdim=True)).flatten().numpy()
    axes.hist(weights, bins=81, range=(-1, 1), weights=[1 / 5000] * len(weights), color=BELL)
    axes.text(0.3, 0.75, "normal weights, each block of 64\ndivided by its largest magnitude", color="grey", fontsize=9)
    int4 = lesson["absmax_dequantize"](torch.arange(-7, 8).to(torch.int8), torch.tensor(1 / 7)).tolist()
    for height, name, levels, colour in ((-0.35, "int4", int4, INT4), (-0.85, "NF4", lesson["NF4_LEVELS"], NF4)):
        axes.plot([-1, 1], [height, height], color=colour, linewidth=1)
        axes.plot(levels, [height] * len(levels), "|", color=colour, markersize=18, markeredgewidth=2)
        axes.text(-1.06, height, f"{name}, {len(levels)} levels", ha="right", va="center", color=colour)
    axes.set(xlim=(-1.45, 1.05), ylim=(-1.15, 1.35), yticks=[])
    axes.set_xticks([-1, -0.5, 0, 0.5, 1])
    axes.spines[["top", "right", "left"]].set_visible(False)
    save_svg(figure, path)
    plt.close(figure)


def draw_scales(lesson: dict, path: Path) -> None:
    """One weight matrix with an outlier, three times: which numbers int4 turns into zero."""
    figure, panels = plt.subplots(1, 3, figsize=(8, 2.9), layout="constrained")
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
                    axes.text(column, row, "0", ha="center", va="center", fontsize=6, color="grey")
        axes.add_patch(plt.Rectangle((4.5, 1.5), 1, 1, fill=False, edgecolor="#c44e52", linewidth=2))
        if "row" in name or "block" in name:
            for row in range(1, 6):
                axes.axhline(row - 0.5, color="black", linewidth=0.8)
        if "block" in name:
            axes.axvline(7.5, color="black", linewidth=0.8)
        axes.set(title=name, xticks=[], yticks=[], xlabel=f"{(q == 0).sum()} of {q.numel()} become 0")
        axes.title.set_fontsize(11)
    save_svg(figure, path)
    plt.close(figure)


def draw_qlora(path: Path) -> None:
    """x splits: through the 4-bit W, dequantized on the way, and through A, B and alpha / r; both meet in h."""
    figure, axes = plt.subplots(figsize=(8, 3.0), layout="constrained")
    axes.set(xlim=(0, 10), ylim=(0, 4.2))
    axes.axis("off")

    def box(x: float, y: float, width: float, text: str, colour: str) -> None:
        axes.add_patch(plt.Rectangle((x, y), width, 1, facecolor=colour, edgecolor="black"))
        axes.text(x + width / 2, y + 0.5, text, ha="center", va="center", fontsize=10)

    def arrow(*points: tuple[float, float]) -> None:
        axes.plot(*zip(*points[:-1], strict=True), color="black", linewidth=1)
        axes.annotate("", points[-1], points[-2], arrowprops={"arrowstyle": "->"})

    box(1.7, 2.6, 2.9, "packed codes, 4 bits\nand block maxima", "#c9d6ea")
    box(5.4, 2.6, 2.3, "Ŵ, for a moment", "#eef2f8")
    axes.annotate("", (5.4, 3.1), (4.6, 3.1), arrowprops={"arrowstyle": "->", "linestyle": "--"})
    axes.text(5.0, 2.33, "dequantize", ha="center", fontsize=8, color="grey")
    box(2.2, 0.5, 1.7, "A  (r × d_in)", "#cfe8d5")
    box(4.5, 0.5, 1.9, "B  (d_out × r)", "#cfe8d5")
    axes.text(7.15, 1.0, "· alpha / r", va="center", ha="center")
    axes.text(0.6, 2.05, "x", va="center", ha="center", fontsize=14)
    axes.text(9.6, 3.1, "h", va="center", ha="center", fontsize=14)
    axes.add_patch(plt.Circle((8.6, 3.1), 0.22, facecolor="white", edgecolor="black"))
    axes.text(8.6, 3.08, "+", va="center", ha="center", fontsize=14)
    arrow((0.8, 2.05), (6.55, 2.05), (6.55, 2.6))
    arrow((7.7, 3.1), (8.38, 3.1))
    arrow((8.82, 3.1), (9.4, 3.1))
    arrow((1.2, 2.05), (1.2, 1.0), (2.2, 1.0))
    arrow((3.9, 1.0), (4.5, 1.0))
    arrow((7.75, 1.0), (8.6, 1.0), (8.6, 2.88))
    axes.plot((6.4, 6.6), (1.0, 1.0), color="black", linewidth=1)
    axes.text(1.7, 3.75, "the highway: frozen, 4.5 bits a weight", fontsize=9, color="grey")
    axes.text(2.2, 0.1, "the detour: trained, 16 or 32 bits", fontsize=9, color="grey")
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
    draw_levels(lesson, arguments.out / "levels.svg")
    draw_scales(lesson, arguments.out / "scales.svg")
    draw_qlora(arguments.out / "qlora.svg")


if __name__ == "__main__":
    run_script(main)
