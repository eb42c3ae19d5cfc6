"""Every stage earns its gate: the pipeline is run once, and each gate measured with its stage and without it."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from ._base import tiny_base, tools_for
from ._figures import pick
from ._gates import SHOWN, in_words

CLAIM = (
    "Your own functions take the tiny model through the whole pipeline: with each stage its gate is passed, without it "
    "it is not"
)
NEEDS = ("run_pipeline",)
COLUMNS = ("stage", "its gate with it", "", "without it", "")


def measure(student, backbone, seed, track):
    found = with_and_without(student, tiny_base(backbone, seed, track))
    figures = {
        f"{stage}, {name}, {kind}": gate[name]
        for stage, both in found.items()
        for kind, gate in zip(("with", "without"), both, strict=True)
        for name in (*SHOWN[stage], "passed")
    }
    return {**figures, "trained share of LoRA": found["lora"][0]["trained share"]}


def with_and_without(student, base) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """stage → what its gate says with the stage and without it, out of one run.

    A stage that is skipped leaves the model as it is: without it, its gate is measured on the model that the stage
    before has left (for SFT, with the chat tokens that are added in any case; for pretraining, on random weights).
    """
    tools, measure_gate, found = tools_for(student), base.gate, {}

    def gate(stage: str, before, after, tokenizer) -> dict[str, Any]:
        # What skipping the stage would have left
        lacking = copy.deepcopy(before)
        if stage == "pretraining":
            lacking = type(before)(before.config).eval()
        if stage == "sft":
            tools.add_chat_tokens(lacking, copy.deepcopy(base.tokenizer))
        # Measure both
        said = measure_gate(stage, before, after, tokenizer)
        found[stage] = said, measure_gate(stage, before if stage != "sft" else lacking, lacking, tokenizer)
        return said

    base.gate = gate
    student.run_pipeline(tools, base)
    return found


def by_stage(figures) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Each stage with its gate with it and without it."""
    for stage, shown in SHOWN.items():
        there, without = (
            {name: pick(figures, stage, name, kind) for name in (*shown, "passed")} for kind in ("with", "without")
        )
        yield stage, there, without


def rows(figures):
    for stage, there, without in by_stage(figures):
        yield stage, in_words(stage, there), passes(there), in_words(stage, without), passes(without)


def passes(gate: dict[str, Any]) -> str:
    return "passed" if gate["passed"] else "failed"


def claims(figures):
    # What passes a gate stands in Gates. Five seeds: with the stages replies end in 0.975 to 1, facts are right in
    # 0.55 to 0.775, politeness and signature are at 1; without its stage none of them exceeds 0.225.
    for stage, there, without in by_stage(figures):
        holds = there["passed"] and not without["passed"]
        yield holds, f"{stage}: {in_words(stage, there)}; without it {in_words(stage, without)}"


def draw(axes, figures):
    draw_pipeline(axes, {stage: there for stage, there, _ in by_stage(figures)})


BOXES = {  # stage → what it adds, and its colour
    "tokenization": ("ids", "#dfe7f3"),
    "embeddings": ("vectors", "#dfe7f3"),
    "transformer": ("predictions", "#dfe7f3"),
    "pretraining": ("knowledge", "#c9d6ea"),
    "sft": ("format", "#cfe8d5"),
    "alignment": ("judgment", "#f6e0c8"),
    "lora": ("specialization", "#efd3d7"),
    "quantization": ("accessibility", "#e2d8ee"),
}


def draw_pipeline(axes, gates: dict[str, dict[str, Any]]) -> None:
    """Raw text, the eight stages with what each adds, and beside each that has a gate what was measured there."""
    axes.set(xlim=(0, 10), ylim=(-0.4, 9.2))
    axes.axis("off")
    axes.text(1.9, 8.75, "raw text", ha="center", va="center", style="italic", color="grey")
    for index, (stage, (gain, colour)) in enumerate(BOXES.items()):
        y = 7.5 - index
        axes.annotate("", (1.9, y + 0.72), (1.9, y + 1.02), arrowprops={"arrowstyle": "->", "color": "grey"})
        axes.add_patch(_box((0.2, y), 3.4, 0.7, colour))
        axes.text(1.9, y + 0.35, stage, ha="center", va="center", fontsize=9)
        axes.text(3.8, y + 0.35, f"adds {gain}", va="center", fontsize=8, color="#444444")
        if gate := gates.get(stage):
            mark = "✓" if gate["passed"] else "✗"
            axes.text(6.2, y + 0.35, f"{mark} {in_words(stage, gate)}", va="center", fontsize=8)


def _box(corner, width, height, colour):
    from matplotlib.patches import FancyBboxPatch

    return FancyBboxPatch(corner, width, height, boxstyle="round,pad=0.02", facecolor=colour, edgecolor="#666666")
