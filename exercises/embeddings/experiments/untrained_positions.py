"""A model that copies the token before, trained on half of its position table, and asked on the other half."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from ._shared import BLUE, GREY, RED, Reader

CLAIM = "A position that was never trained is noise: its row has not moved, and the model fails on it"
NEEDS = ("model_input", "unembed")
COLUMNS = ("positions", "tokens copied right", "rows that moved")

VOCAB, HALF, STEPS, ROWS = 24, 12, 300, 32


def measure(student, backbone, seed, track):
    model = Reader(student, VOCAB, 2 * HALF, 1, causal=True)
    before = model.places.detach().clone()
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3, weight_decay=0.0)
    for _ in track(range(STEPS), "training on the first half"):
        ids = torch.randint(VOCAB, (ROWS, HALF))
        scores = student.unembed(model(ids), model.tokens)  # (B, T, V)
        loss = F.cross_entropy(scores[:, 1:].flatten(0, 1), ids[:, :-1].flatten())  # each is asked for the one before
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        ids = torch.randint(VOCAB, (500, HALF))
        right = {}
        for name, start in {"trained": 0, "untrained": HALF}.items():
            copied = student.unembed(model(ids, start), model.tokens).argmax(-1)
            right[name] = (copied[:, 1:] == ids[:, :-1]).float().mean().item()
        moved = (model.places - before).abs().amax(dim=1)  # (2 * HALF,)
    counts = {"trained": int((moved[:HALF] > 0).sum()), "untrained": int((moved[HALF:] > 0).sum())}
    return {"right": right, "moved": counts, "rows_moved": moved.tolist()}


def rows(figures):
    for name, said in (("trained", f"0 to {HALF - 1}, trained"), ("untrained", f"{HALF} to {2 * HALF - 1}, never")):
        yield said, f"{figures.right[name]:.1%}", f"{figures.moved[name]} of {HALF}"


def claims(figures):
    # Chance is 1 / 24. Five seeds: 1.000 against .264 to .276.
    right, moved = figures.right, figures.moved
    yield right["trained"] > 0.95, f"at trained positions {right['trained']:.1%} are copied right"
    yield right["untrained"] < 0.5, f"at the others, over the same tokens, {right['untrained']:.1%}"
    yield (
        moved["trained"] == HALF and moved["untrained"] == 0,
        f"{moved['trained']} of {HALF} trained rows moved, and {moved['untrained']} of the others, bit for bit",
    )


def draw(axes, figures) -> None:
    colours = [BLUE] * HALF + [RED] * HALF
    axes.bar(range(2 * HALF), figures.rows_moved, color=colours)
    axes.axvline(HALF - 0.5, color=GREY, linestyle="--", linewidth=1)
    top = max(figures.rows_moved)
    axes.text(HALF - 0.8, 1.05 * top, f"trained: {figures.right['trained']:.0%} copied right", ha="right")
    axes.text(HALF - 0.2, 1.05 * top, f"never: {figures.right['untrained']:.0%}", ha="left")
    axes.set_ylim(0, 1.2 * top)
    axes.set_xlabel("row of the position table")
    axes.set_ylabel("how far it moved")
