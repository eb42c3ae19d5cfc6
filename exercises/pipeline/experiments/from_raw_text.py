"""Everything with the student's own code: raw text, tokenizer, GPT, pretraining, and the stages that come after it."""

from __future__ import annotations

from ._base import tools_for
from ._from_text import FIRST, Recorded, Sizes, base_from_text, first_rows, first_tools, yours
from ._gates import in_words
from .gates import draw_pipeline

CLAIM = (
    "From raw text to 4 bits with your own code alone: your tokenizer, your GPT and your training give a base model "
    "that your own pipeline takes through SFT, DPO, LoRA and quantization"
)
NEEDS = ("run_pipeline",)
COLUMNS = ("stage", "run with", "capitals completed", "nats a token, held out", "its gate")
SIZES = Sizes()


def measure(student, backbone, seed, track):
    first_tools(student), tools_for(student)  # all of them, before minutes are spent
    base, first = base_from_text(student, seed, track, SIZES)
    base.gate = gate = Recorded(student.__tools__, base.gate, seed)
    stages = student.run_pipeline(student.__tools__, base)["stages"]
    return {
        "first": first,
        "stages": {stage: {**gate.found[stage], **stages[stage]["gate"]} for stage in stages},
        "tools": FIRST | {stage: tools for stage, tools in student.TOOLS.items() if tools},
    }


def rows(figures):
    for stage, _, whose, _, told in first_rows(figures.first):
        yield stage, whose, "", "", told
    for stage, found in figures.stages.items():
        told = in_words(stage, found)
        yield stage, yours(figures.tools[stage]), round(found["capitals"], 2), round(found["loss"], 2), told


def claims(figures):
    first, stages = figures.first, figures.stages
    yield (
        first["same ids"] == 1,
        f"the library cuts {first['texts compared']} held-out texts into the ids that your encode_text gives",
    )
    yield (
        first["loss after"] < 0.25 * first["loss before"] and stages["pretraining"]["capitals"] >= 0.9,
        f"pretraining: {first['loss before']:.2f} nats a token held out before, {first['loss after']:.2f} after, "
        f"{stages['pretraining']['capitals']:.0%} of the capitals completed",
    )
    yield first["gap"] < 1e-4, f"filled with your GPT's numbers, the library's model differs by {first['gap']:.0e}"
    for stage in ("sft", "alignment", "lora", "quantization"):
        found = stages[stage]
        told = f"{stage}: {in_words(stage, found)}, {found['capitals']:.0%} of the capitals completed"
        yield found["passed"], told
    before, after = stages["sft"]["margin"], stages["alignment"]["margin"]
    yield after > before + 1, f"polite replies are likelier by {before:.1f} nats before DPO and by {after:.1f} after it"


def draw(axes, figures):
    draw_pipeline(axes, figures.stages)
