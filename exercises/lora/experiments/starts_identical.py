"""A fresh adapter's logits beside the base's, before training and over its first steps."""

from __future__ import annotations

import torch

from autograder.finetuning import language_loss

from ._shared import adapt, readable_batch

CLAIM = "B = 0: a model with detours starts exactly as its base"
NEEDS = ("apply_lora",)
COLUMNS = ("after this many steps", "largest difference to the base's logits")


def measure(student, backbone, seed, track):
    base, tokenizer = backbone()
    batch = readable_batch(base, tokenizer, seed)
    with torch.no_grad():
        before = base(**batch, use_cache=False).logits  # (B, T, V)

    adapted, _ = backbone()
    adapt(student, adapted)
    optimizer = torch.optim.AdamW([p for p in adapted.parameters() if p.requires_grad], lr=1e-3)
    gaps = []
    for step in track(range(6), "training a fresh adapter"):
        with torch.no_grad():
            logits = adapted(**batch, use_cache=False).logits  # (B, T, V)
        gaps.append((logits - before).abs().max().item())
        if step == 0:
            identical = torch.equal(logits, before)
        optimizer.zero_grad()
        language_loss(adapted, batch).backward()
        optimizer.step()
    return {"gap": {"at_start": gaps[0], "after_one_step": gaps[1]}, "bit_identical": identical, "curve": gaps}


def rows(figures):
    return enumerate(figures.curve)


def claims(figures):
    # Another right LoRALinear may multiply in another order. Logits of size 10 summed in fp32 differ by 1e-5 then.
    # Five seeds: bit for bit the same at the start, moved by 0.8 to 3.5 after one step.
    start, after = figures.gap["at_start"], figures.gap["after_one_step"]
    agreement = "bit for bit" if figures.bit_identical else f"to {start:.1e}"
    yield start <= 1e-4, f"before training all logits are the base's, {agreement}"
    yield after > 20 * max(start, 1e-5), f"one step of training moves them by up to {after:.3f}"


def draw(axes, figures) -> None:
    gaps = figures.curve
    axes.plot(range(len(gaps)), gaps, marker="o", color="#4c72b0")
    axes.annotate(f"{gaps[0]:.1g}: B is zero", (0, gaps[0]), (1.2, 0), arrowprops={"arrowstyle": "->"}, va="center")
    axes.set_xlabel("training steps")
    axes.set_ylabel("largest difference\nto the base's logits")
    axes.set_ylim(-0.03 * max(gaps), 1.05 * max(gaps))
