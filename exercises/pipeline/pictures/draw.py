"""Draws the picture of the lesson, pipeline.svg: raw text, the eight stages, and the engineering beside them.

    python exercises/pipeline/pictures/draw.py

What each stage adds is read from your own PIPELINE where it is filled in. Needs matplotlib. The file is written beside
this one, or into --out DIR.
"""

from __future__ import annotations

import argparse
import runpy
from pathlib import Path
from typing import Any

from autograder.common.pictures import save_svg
from autograder.scripts import run_script, svg_pyplot

plt = svg_pyplot("pipeline", 10)
HERE = Path(__file__).resolve().parent
STAGES = {  # what comes out of each stage, the name that the field has for it, and the part of the course
    "tokenization": ("token ids", "4.1", "#dfe7f3"),
    "embeddings": ("the model's input", "4.1", "#dfe7f3"),
    "transformer": ("an untrained network", "4.2", "#e8e3d3"),
    "pretraining": ("base model", "4.3", "#c9d6ea"),
    "sft": ("instruct model", "4.4", "#cfe8d5"),
    "alignment": ("aligned model", "4.4", "#f6e0c8"),
    "lora": ("adapted model", "4.4", "#efd3d7"),
    "quantization": ("a model on your machine", "4.4", "#e2d8ee"),
}
BESIDE = {  # name: (first stage, last stage, where it helps)
    "mixed precision": (3, 6, "training in 16 bits where 16 are enough"),
    "flash attention": (2, 7, "no T × T matrix in memory"),
    "KV caching": (4, 7, "each token is computed once"),
}


def draw(table: dict[str, dict[str, str]], path: Path) -> None:
    """Raw text on top, dashed: it is where everything starts, and no stage."""
    figure, axes = plt.subplots(figsize=(8.6, 7.2), layout="constrained")
    axes.set(xlim=(0, 12), ylim=(-0.2, 10))
    axes.axis("off")
    axes.add_patch(_box(0.6, 9.1, 3.6, 0.6, "white", linestyle="--"))
    axes.text(2.4, 9.4, "raw text", ha="center", va="center", style="italic", color="grey")
    axes.text(6.5, 9.4, "adds", va="center", ha="center", color="grey", fontsize=9)
    axes.text(8.9, 9.75, "beside it", va="center", color="grey", fontsize=9)
    for index, (stage, (result, module, colour)) in enumerate(STAGES.items()):
        y = 8.0 - 1.1 * index
        axes.annotate("", (2.4, y + 0.72), (2.4, y + 1.08), arrowprops={"arrowstyle": "->", "color": "#666666"})
        axes.add_patch(_box(0.6, y, 3.6, 0.7, colour))
        axes.text(2.4, y + 0.46, stage, ha="center", va="center")
        axes.text(2.4, y + 0.17, f"→ {result}", ha="center", va="center", fontsize=8, color="#444444")
        axes.text(0.3, y + 0.35, module, ha="center", va="center", fontsize=8, color="grey")
        gain = table.get(stage, {}).get("adds", "?").replace("_", " ")
        axes.text(6.5, y + 0.35, gain, va="center", ha="center", weight="bold")
    for column, (name, (first, last, where)) in enumerate(BESIDE.items()):
        top, bottom, x = 8.6 - 1.1 * first, 8.1 - 1.1 * last, 9.0 + column
        axes.plot((x, x), (bottom, top), color="#888888", linewidth=5, solid_capstyle="round", alpha=0.5)
        axes.text(x + 0.22, (top + bottom) / 2, f"{name}: {where}", rotation=90, ha="left", va="center", fontsize=8)
    save_svg(figure, path)
    plt.close(figure)


def _box(x: float, y: float, width: float, height: float, colour: str, **style: str) -> Any:
    style = {"linestyle": "-", **style}
    shape = "round,pad=0.02,rounding_size=0.08"
    from matplotlib.patches import FancyBboxPatch

    return FancyBboxPatch((x, y), width, height, boxstyle=shape, facecolor=colour, edgecolor="#666666", **style)


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw the picture of the lesson pipeline.")
    parser.add_argument(
        "--lesson", type=Path, default=HERE.parent / "pipeline.py", help="the file whose PIPELINE to draw"
    )
    parser.add_argument("--out", type=Path, default=HERE, help="the folder to write to")
    arguments = parser.parse_args()
    draw(runpy.run_path(str(arguments.lesson))["PIPELINE"], arguments.out / "pipeline.svg")


if __name__ == "__main__":
    run_script(main)
