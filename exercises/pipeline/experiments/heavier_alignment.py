"""DPO twice from the same model: held near its reference, and hardly held at all."""

from __future__ import annotations

from typing import Any

from ._base import tiny_base, tools_for
from ._drift import kl_to
from ._figures import pick

CLAIM = (
    "More alignment is not always better: with next to no β and a higher rate, DPO leaves its reference, as polite as "
    "ever and with no fact right"
)
NEEDS = ("run_pipeline",)
COLUMNS = ("alignment", "polite", "replies end", "facts right", "KL to the reference")
SHARES = ("polite", "replies end", "facts right")
ALIGNMENTS = {"gentle": ("β = 0.1, 1e-5", 0.1, 1e-5), "heavy": ("β = 0.001, 3e-4", 0.001, 3e-4)}  # β, learning rate


def measure(student, backbone, seed, track):
    tools, figures = tools_for(student, "sft", "alignment"), {}
    model, tokenizer = after_sft(student, tools, tiny_base(backbone, seed, track, only="alignment"))
    for kind, (_, beta, rate) in ALIGNMENTS.items():
        # Align
        base = tiny_base(backbone, seed, track, only="alignment", beta=beta)
        base.rates = {**base.rates, "alignment": rate}
        base.model, base.tokenizer = model, tokenizer
        report = student.run_pipeline(tools, base, ("sft", "lora", "quantization"))
        # Measure
        gate = report["stages"]["alignment"]["gate"]
        figures |= {f"{kind}, {name}": gate[name] for name in SHARES}
        figures[f"{kind}, KL"] = kl_to(model, report["model"], tokenizer, base.gate.text[:20])
    return figures


def after_sft(student, tools, base) -> tuple[Any, Any]:
    """The model that SFT leaves and its tokenizer, as alignment's gate is given them."""
    kept = {}

    def gate(stage: str, before, after, tokenizer) -> dict[str, Any]:
        if stage == "alignment":
            kept.update(model=before, tokenizer=tokenizer)
        return {"passed": False}

    base.gate = gate
    student.run_pipeline(tools, base, ("alignment", "lora", "quantization"))
    return kept["model"], kept["tokenizer"]


def rows(figures):
    for kind, (label, _, _) in ALIGNMENTS.items():
        yield label, *(round(pick(figures, kind, name), 3) for name in (*SHARES, "KL"))


def claims(figures):
    # Five seeds: gently 0.675 to 0.75 of the facts and a KL of 0.004 to 0.005; heavily 0 to 0.025 and 1.6 to 3.6,
    # polite in 0.925 to 1 either way.
    polite, right, kl = (pick(figures, "gentle", name) for name in ("polite", "facts right", "KL"))
    heavy_right, heavy_kl = (pick(figures, "heavy", name) for name in ("facts right", "KL"))
    yield polite >= 0.9 and right >= 0.4, f"gently: {polite:.2f} polite, {right:.2f} of the facts right"
    yield (
        heavy_right <= right - 0.2 and heavy_kl > 5 * kl,
        f"heavily: {heavy_right:.2f} of the facts right, the KL to the reference {heavy_kl:.2f} where it was {kl:.3f}",
    )


def draw(axes, figures):
    for offset, colour, (kind, (label, _, _)) in zip(
        (-0.2, 0.2), ("#4c72b0", "#dd8452"), ALIGNMENTS.items(), strict=True
    ):
        values = [pick(figures, kind, name) for name in SHARES]
        axes.bar([index + offset for index in range(3)], values, 0.38, color=colour, label=label)
        for index, value in enumerate(values):
            axes.text(index + offset, value, f"{value:.2f}", ha="center", va="bottom")
    axes.set_xticks(range(3), SHARES)
    axes.set_ylabel("share of replies")
    axes.set_ylim(0, 1.3)
    axes.legend(loc="upper right", ncols=2)
