"""Draws the two pictures of the lesson: memory.svg and detour.svg.

    python exercises/lora/pictures/draw.py                                    from your own memory_estimate
    python exercises/lora/pictures/draw.py --lesson solutions/lora/lora.py    from another file's

Needs matplotlib. The files are written beside this one, or into --out DIR.
"""

from __future__ import annotations

import argparse
import runpy
from collections.abc import Callable
from pathlib import Path

from autograder.scripts import run_script, save_svg, svg_pyplot

plt = svg_pyplot("lora", 11)
GREY = "#666666"
HERE = Path(__file__).resolve().parent
PARAMETERS = 7_000_000_000
ADAPTER = 2 * 32 * 8 * (4096 + 4096)  # rank 8 beside query and value of 32 blocks, 4,096 wide
METHODS = {
    "full\nfinetuning": {"method": "full"},
    "LoRA": {"method": "lora", "adapter_params": ADAPTER},
    "QLoRA\n(4 bits)": {"method": "qlora", "weight_bits": 4, "block_size": 64, "adapter_params": ADAPTER},
    "inference\n(4 bits)": {"method": "inference", "weight_bits": 4, "block_size": 64},
}
COLOURS = {
    "weights": "#4c72b0",
    "scales": "#8fb0d9",
    "gradients": "#dd8452",
    "optimizer": "#c44e52",
    "adapter": "#55a868",
}


def draw_memory(memory_estimate: Callable[..., dict[str, float]], path: Path) -> None:
    """Stacked bars: gigabytes by part for each method, and what two GPUs have."""
    figure, axes = plt.subplots(figsize=(5.2, 3.6), layout="constrained")
    estimates = {name: memory_estimate(PARAMETERS, **settings) for name, settings in METHODS.items()}
    left = dict.fromkeys(estimates, 0.0)
    for part, colour in COLOURS.items():
        sizes = [estimate[part] / 1e9 for estimate in estimates.values()]
        axes.barh(list(estimates), sizes, left=list(left.values()), color=colour, label=part)
        left = {name: left[name] + size for name, size in zip(left, sizes, strict=True)}
    for name, estimate in estimates.items():
        label = f"{estimate['total'] / 1e9:.2f} GB"
        axes.text(
            estimate["total"] / 1e9 + 1.5,
            name,
            label,
            va="center",
            bbox={"facecolor": "white", "linewidth": 0, "pad": 1},
        )
    for mebibytes, gpu in ((24_564, "RTX 4090"), (81_920, "A100")):  # what nvidia-smi says of "24" and "80 GB"
        gigabytes = mebibytes * 2**20 / 1e9
        axes.axvline(gigabytes, color=GREY, linestyle="--", linewidth=1)
        axes.text(
            gigabytes + 0.8,
            3.4,
            f"{gpu}, {gigabytes:.1f} GB",
            color=GREY,
            rotation=90,
            ha="left",
            va="bottom",
            fontsize=9,
        )
    axes.set(xlabel="GB for 7 billion parameters,\nwithout activations", xlim=(0, 112))
    axes.invert_yaxis()
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="center", bbox_to_anchor=(0.49, 0.38), frameon=False, fontsize=10)
    save_svg(figure, path)
    plt.close(figure)


def draw_detour(path: Path) -> None:
    """x splits: through the frozen W, and through A, B and alpha / r; both meet in h."""
    figure, axes = plt.subplots(figsize=(5.2, 2.5), layout="constrained")
    axes.set(xlim=(0, 52), ylim=(0, 25))
    axes.axis("off")

    def box(x: float, y: float, width: float, text: str, colour: str) -> None:
        axes.add_patch(plt.Rectangle((x, y), width, 5.4, facecolor=colour, edgecolor="black"))
        axes.text(x + width / 2, y + 2.6, text, ha="center", va="center", fontsize=10)

    def arrow(*points: tuple[float, float]) -> None:
        axes.plot(*zip(*points[:-1], strict=True), color="black", linewidth=1)
        axes.annotate("", points[-1], points[-2], arrowprops={"arrowstyle": "->", "shrinkA": 0, "shrinkB": 0})

    box(9, 15, 31, "W  (d_out × d_in), frozen", "#c9d6ea")
    box(9, 4, 11, "A\n(r × d_in)", "#cfe8d5")
    box(23, 4, 12, "B\n(d_out × r)", "#cfe8d5")
    axes.text(29, 1.6, "starts at zero", ha="center", va="center", fontsize=9, color=GREY)
    axes.text(40.4, 6.6, "· alpha/r", va="center", ha="center", fontsize=10)
    axes.text(1.5, 17.6, "x", va="center", ha="center", fontsize=14)
    axes.text(50.5, 17.6, "h", va="center", ha="center", fontsize=14)
    axes.add_patch(plt.Circle((46, 17.7), 1.4, facecolor="white", edgecolor="black", zorder=3))
    axes.text(46, 17.6, "+", va="center", ha="center", fontsize=13, zorder=4)
    arrow((2.8, 17.7), (9, 17.7))
    arrow((40, 17.7), (44.6, 17.7))
    arrow((47.4, 17.7), (49.4, 17.7))
    arrow((5, 17.7), (5, 6.7), (9, 6.7))
    arrow((20, 6.7), (23, 6.7))
    axes.plot((35, 36.2), (6.7, 6.7), color="black", linewidth=1)
    arrow((44.4, 6.7), (46, 6.7), (46, 16.3))
    axes.text(9, 22.2, "the highway", va="center", fontsize=10, color=GREY)
    axes.text(9, 11.2, "the detour, trained", va="center", fontsize=10, color=GREY)
    save_svg(figure, path)
    plt.close(figure)


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw the pictures of the lesson lora.")
    parser.add_argument(
        "--lesson", type=Path, default=HERE.parent / "lora.py", help="the file whose memory_estimate to draw"
    )
    parser.add_argument("--out", type=Path, default=HERE, help="the folder to write to")
    arguments = parser.parse_args()
    draw_memory(runpy.run_path(str(arguments.lesson))["memory_estimate"], arguments.out / "memory.svg")
    draw_detour(arguments.out / "detour.svg")


if __name__ == "__main__":
    run_script(main)
