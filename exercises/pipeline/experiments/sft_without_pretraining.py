"""SFT teaches a form: from random weights it gets one with no fact in it."""

from __future__ import annotations

from ._base import tiny_base, tools_for
from ._figures import draw_bars, pick
from ._gates import SHOWN

CLAIM = "SFT on a model that was never pretrained gives no facts: there is nothing to put into the form"
NEEDS = ("run_pipeline",)
COLUMNS = ("SFT on", "replies end", "facts right")
STARTS = {"pretrained": (), "random weights": ("pretraining",)}  # what SFT starts from, and what is skipped for it


def measure(student, backbone, seed, track):
    tools, figures = tools_for(student, "sft"), {}
    for start, skip in STARTS.items():
        base = tiny_base(backbone, seed, track, only="sft")
        report = student.run_pipeline(tools, base, (*skip, "alignment", "lora", "quantization"))
        gate = report["stages"]["sft"]["gate"]
        figures |= {f"{start}, {name}": gate[name] for name in SHOWN["sft"]}
    return figures


def rows(figures):
    for start in STARTS:
        yield start, *(round(pick(figures, start, name), 2) for name in SHOWN["sft"])


def claims(figures):
    # Five seeds: 0 from random weights, 0.675 to 0.775 from the pretrained ones.
    right, empty = (pick(figures, start, "facts right") for start in STARTS)
    yield empty <= 0.2, f"from random weights {empty:.2f} of the facts"
    yield right - empty >= 0.3, f"from the pretrained model it is {right:.2f}, with the same demonstrations and steps"


def draw(axes, figures):
    right = {start: pick(figures, start, "facts right") for start in STARTS}
    draw_bars(axes, right, "facts right after SFT", 1.05)
