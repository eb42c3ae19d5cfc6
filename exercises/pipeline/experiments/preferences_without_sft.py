"""DPO on a base model compares continuations."""

from __future__ import annotations

from ._base import tiny_base, tools_for
from ._figures import draw_bars

CLAIM = "DPO before SFT gives no replies: what it compares are continuations, and none of them ends"
NEEDS = ("run_pipeline",)
COLUMNS = ("replies end", "facts right", "polite")


def measure(student, backbone, seed, track):
    base = tiny_base(backbone, seed, track, only="alignment")
    report = student.run_pipeline(tools_for(student, "alignment"), base, ("sft", "lora", "quantization"))
    gate = report["stages"]["alignment"]["gate"]
    return {name: gate[name] for name in COLUMNS}


def rows(figures):
    yield [round(share, 2) for share in vars(figures).values()]


def claims(figures):
    # Five seeds: 0 of the replies end, on each.
    ended = vars(figures)["replies end"]
    yield ended <= 0.1, f"{ended:.2f} of the replies end"


def draw(axes, figures):
    draw_bars(axes, vars(figures), "share of replies after DPO, without SFT", 1.05)
