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

from autograder.common.pictures import save_svg
from autograder.scripts import run_script, svg_pyplot

plt = svg_pyplot("lora", 11)
HERE = Path(__file__).resolve().parent
PARAMETERS = 7_000_000_000
ADAPTER = 2 * 32 * 8 * (4096 + 4096)  # rank 8 beside query and value of 32 blocks, 4,096 wide
METHODS = {
    "full finetuning": {"method": "full"},
    "LoRA": {"method": "lora", "adapter_params": ADAPTER},
    "QLoRA (4 bits)": {"method": "qlora", "weight_bits": 4, "block_size": 64, "adapter_params": ADAPTER},
    "inference (4 bits)": {"method": "inference", "weight_bits": 4, "block_size": 64},
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
    figure, axes = plt.subplots(figsize=(8, 3.2), layout="constrained")
    estimates = {name: memory_estimate(PARAMETERS, **settings) for name, settings in METHODS.items()}
    left = dict.fromkeys(estimates, 0.0)
    for part, colour in COLOURS.items():
        sizes = [estimate[part] / 1e9 for estimate in estimates.values()]
        axes.barh(list(estimates), sizes, left=list(left.values()), color=colour, label=part)
        left = {name: left[name] + size for name, size in zip(left, sizes, strict=True)}
    for name, estimate in estimates.items():
        label = f"{estimate['total'] / 1e9:.2f} GB"
        axes.text(estimate["total"] / 1e9 + 0.8, name, label, va="center", bbox={"facecolor": "white", "linewidth": 0})
    for mebibytes, gpu in ((24_564, "RTX 4090"), (81_920, "A100")):  # what nvidia-smi says of "24" and "80 GB"
        gigabytes = mebibytes * 2**20 / 1e9
        axes.axvline(gigabytes, color="grey", linestyle="--", linewidth=1)
        axes.text(gigabytes + 0.5, 3.45, f"{gpu}, {gigabytes:.1f} GB", color="grey", va="bottom", fontsize=9)
    axes.set(xlabel="GB for 7 billion parameters, without activations", xlim=(0, 104))
    axes.invert_yaxis()
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="center", bbox_to_anchor=(0.55, 0.42), frameon=False)
    save_svg(figure, path)
    plt.close(figure)


def draw_detour(path: Path) -> None:
    """x splits: through the frozen W, and through A, B and alpha / r; both meet in h."""
    figure, axes = plt.subplots(figsize=(8, 2.8), layout="constrained")
    axes.set(xlim=(0, 10), ylim=(0, 4))
    axes.axis("off")

    def box(x: float, y: float, width: float, text: str, colour: str) -> None:
        axes.add_patch(plt.Rectangle((x, y), width, 1, facecolor=colour, edgecolor="black"))
        axes.text(x + width / 2, y + 0.5, text, ha="center", va="center")

    def arrow(*points: tuple[float, float]) -> None:
        axes.plot(*zip(*points[:-1], strict=True), color="black", linewidth=1)
        axes.annotate("", points[-1], points[-2], arrowprops={"arrowstyle": "->"})

    box(2.2, 2.6, 5.4, "W  (d_out × d_in), frozen", "#c9d6ea")
    box(2.2, 0.5, 1.7, "A  (r × d_in)", "#cfe8d5")
    box(4.5, 0.5, 1.9, "B  (d_out × r)", "#cfe8d5")
    axes.text(5.45, 0.1, "starts at zero", ha="center", fontsize=9, color="grey")
    axes.text(7.15, 1.0, "· alpha / r", va="center", ha="center")
    axes.text(0.6, 3.1, "x", va="center", ha="center", fontsize=14)
    axes.text(9.5, 3.1, "h", va="center", ha="center", fontsize=14)
    axes.add_patch(plt.Circle((8.4, 3.1), 0.22, facecolor="white", edgecolor="black"))
    axes.text(8.4, 3.08, "+", va="center", ha="center", fontsize=14)
    arrow((0.8, 3.1), (2.2, 3.1))
    arrow((7.6, 3.1), (8.18, 3.1))
    arrow((8.62, 3.1), (9.3, 3.1))
    arrow((1.3, 3.1), (1.3, 1.0), (2.2, 1.0))
    arrow((3.9, 1.0), (4.5, 1.0))
    arrow((7.75, 1.0), (8.4, 1.0), (8.4, 2.88))
    axes.plot((6.4, 6.6), (1.0, 1.0), color="black", linewidth=1)
    axes.text(1.5, 3.75, "the highway", fontsize=9, color="grey")
    axes.text(1.5, 1.65, "the detour, trained", fontsize=9, color="grey")
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
