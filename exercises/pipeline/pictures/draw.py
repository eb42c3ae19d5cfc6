"""Draws the two pictures of the lesson: pipeline.svg (raw text, eight stages, engineering) and how_much.svg.

    python exercises/pipeline/pictures/draw.py

What each stage adds is read from your own PIPELINE, and how much a method trains from your adaptation_fraction, where
they are filled in. Needs matplotlib. The files are written beside this one, or into --out DIR.
"""

from __future__ import annotations

import argparse
import runpy
from pathlib import Path
from typing import Any

import torch

from autograder.scripts import run_script, save_svg, svg_pyplot

plt = svg_pyplot("pipeline", 10)
GREY = "#666666"
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
BESIDE = {"mixed precision": (3, 6), "flash attention": (2, 7), "KV caching": (4, 7)}  # first and last stage
METHODS = {  # of the student's adaptation_fraction: as the picture calls it, and how much of the strip is coloured
    "none": ("none", "changes nothing"),
    "classification_head": ("head", "a few numbers at the end"),
    "lora": ("LoRA, QLoRA", "detours beside frozen weights"),
    "sft": ("SFT", "all weights: the form of replies"),
    "alignment": ("RLHF, DPO", "all weights, on a leash"),
    "full_finetuning": ("full finetuning", "all weights, nothing holds them"),
}


def draw_pipeline(table: dict[str, dict[str, str]], path: Path) -> None:
    """Raw text on top, dashed: it is where everything starts, and no stage."""
    figure, axes = plt.subplots(figsize=(5.2, 7.0), layout="constrained")
    axes.set(xlim=(0, 52), ylim=(0, 70))
    axes.axis("off")
    middle = {"ha": "center", "va": "center"}
    axes.add_patch(_box(4, 64.5, 20, 4.4, "white", linestyle="--"))
    axes.text(14, 66.6, "raw text", **middle, style="italic", color=GREY)
    axes.text(31, 66.6, "adds", **middle, color=GREY)
    axes.text(45.5, 66.6, "beside it", **middle, color=GREY)
    for index, (stage, (result, module, colour)) in enumerate(STAGES.items()):
        y = 56 - 7.9 * index
        axes.annotate("", (14, y + 5.6), (14, y + 8.2), arrowprops={"arrowstyle": "->", "color": "#666666",
                                                                    "shrinkA": 0, "shrinkB": 0})  # fmt: skip
        axes.add_patch(_box(4, y, 20, 5.4, colour))
        axes.text(14, y + 3.8, stage, **middle)
        axes.text(14, y + 1.4, f"→ {result}", **middle, fontsize=9, color="#444444")
        axes.text(1.4, y + 2.6, module, **middle, fontsize=9, color=GREY)
        gain = table.get(stage, {}).get("adds", "?").replace("_", " ")
        axes.text(31, y + 2.6, gain, **middle, weight="bold", fontsize=10)
    for column, (name, (first, last)) in enumerate(BESIDE.items()):
        top, bottom, x = 61.4 - 7.9 * first, 56 - 7.9 * last, 41.5 + 4.2 * column
        axes.plot((x, x), (bottom, top), color="#888888", linewidth=4, solid_capstyle="round")
        axes.text(x + 2, (top + bottom) / 2, name, rotation=90, **middle, fontsize=10)
    save_svg(figure, path)
    plt.close(figure)


def trained_of_gpt2(lesson: dict[str, Any]) -> tuple[dict[str, str], int]:
    """How many numbers each method trains, by the student's adaptation_fraction ("?" where it isn't written)."""
    from transformers import GPT2Config, GPT2LMHeadModel

    with torch.device("meta"):
        model = GPT2LMHeadModel(GPT2Config())
    total = sum(parameter.numel() for parameter in model.parameters())
    try:
        return {
            method: f"{round(lesson['adaptation_fraction'](model, method, 5) * total):,}" for method in METHODS
        }, total
    except NotImplementedError:
        return dict.fromkeys(METHODS, "?"), total


def draw_how_much(lesson: dict[str, Any], path: Path) -> None:
    """Six methods from "change nothing" to "change everything": a model of four blocks, coloured where it changes."""
    figure, axes = plt.subplots(figsize=(5.2, 5.0), layout="constrained")
    axes.set(xlim=(0, 52), ylim=(0, 50))
    axes.axis("off")
    trained, total = trained_of_gpt2(lesson)
    axes.text(52, 48.6, f"trained, of GPT-2's {total:,}", ha="right", va="center", fontsize=9, color=GREY)
    for index, (method, (name, told)) in enumerate(METHODS.items()):
        y = 40 - 7.9 * index
        changed = method in ("sft", "alignment", "full_finetuning")
        fill = {"sft": "#a9d8b4", "alignment": "#a9d8b4", "full_finetuning": "#55a868"}.get(method, "#e8e8e8")
        axes.text(3, y + 5.6, name, va="center", weight="bold", fontsize=10)
        axes.text(52, y + 5.6, told, ha="right", va="center", fontsize=9, color=GREY)
        for block in range(4):
            edge = {"edgecolor": "#666666", "linewidth": 0.8}
            axes.add_patch(plt.Rectangle((3 + 7.5 * block, y), 7, 3.4, facecolor=fill, **edge))
            if method == "lora":
                axes.add_patch(plt.Rectangle((4 + 7.5 * block, y + 0.5), 5, 0.7, facecolor="#55a868"))
        if method == "classification_head":
            axes.add_patch(plt.Rectangle((33, y), 0.9, 3.4, facecolor="#55a868"))
        if method == "alignment":
            axes.add_patch(plt.Rectangle((2.3, y - 0.7), 30.9, 4.8, fill=False, edgecolor="#c44e52", linestyle="--"))
        axes.text(
            52, y + 1.6, trained[method], ha="right", va="center", fontsize=10, color="black" if changed else GREY
        )
    axes.annotate("", (0.6, 0.5), (0.6, 46), arrowprops={"arrowstyle": "->", "color": GREY, "shrinkA": 0, "shrinkB": 0})
    save_svg(figure, path)
    plt.close(figure)


def _box(x: float, y: float, width: float, height: float, colour: str, **style: str) -> Any:
    style = {"linestyle": "-", **style}
    shape = "round,pad=0.1,rounding_size=0.6"
    from matplotlib.patches import FancyBboxPatch

    return FancyBboxPatch((x, y), width, height, boxstyle=shape, facecolor=colour, edgecolor="#666666", **style)


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw the pictures of the lesson pipeline.")
    parser.add_argument("--lesson", type=Path, default=HERE.parent / "pipeline.py", help="the file with PIPELINE")
    parser.add_argument("--out", type=Path, default=HERE, help="the folder to write to")
    arguments = parser.parse_args()
    lesson = runpy.run_path(str(arguments.lesson))
    draw_pipeline(lesson["PIPELINE"], arguments.out / "pipeline.svg")
    draw_how_much(lesson, arguments.out / "how_much.svg")


if __name__ == "__main__":
    run_script(main)
