"""Masks that leak, trained twice: with a start that finds the leak at once, and with one that doesn't find it."""

from __future__ import annotations

from collections.abc import Callable

import torch

from ._shared import (
    BLUE,
    ORANGE,
    RED,
    Text,
    block_of,
    held_out_loss,
    loss_of,
    new_weights,
    pair,
    reviews,
    text_losses,
    train,
    windows,
)  # fmt: skip

CLAIM = "A causal leak gives an impossibly low loss, or hides in an ordinary one; changing a token shows either"
NEEDS = ("transformer_block", "normalize_layer", "causal_mask", "sees_the_future")
COLUMNS = ("start", "mask", "nats a token, held out", "at the last token of a text", "leaks found")

LAYERS, HEADS, WIDTH = 2, 4, 32
WIDE = {"length": 16, "spread": 0.3, "rows": 32, "steps": 200}  # tables that tell positions apart from the start
NARROW = {"length": 48, "spread": 0.02, "rows": 16, "steps": 160}  # GPT-2's own start, and a longer text
RUNS = {  # name → (the start, the mask)
    "causal": (WIDE, "causal"),
    "one": (WIDE, "one too far"),
    "all": (WIDE, "none"),
    "hidden_causal": (NARROW, "causal"),
    "hidden_all": (NARROW, "none"),
}


def measure(student, backbone, seed, track):
    text = reviews(backbone()[1], seed)
    masks = {
        "causal": student.causal_mask,
        "one too far": lambda length: torch.ones(length, length, dtype=torch.bool).tril(1),
        "none": lambda length: torch.ones(length, length, dtype=torch.bool),
    }
    loss, honest, leaks = {}, {}, {}
    for name, (start, mask_name) in RUNS.items():
        length, mask = start["length"], masks[mask_name]
        torch.manual_seed(seed)
        weights = new_weights(text.vocab, length, WIDTH, LAYERS, start["spread"])

        def logits(ids, weights=weights, mask=mask):
            x = weights["wte.weight"][ids] + weights["wpe.weight"][: ids.shape[1]]
            for layer in range(LAYERS):
                x = student.transformer_block(x, block_of(weights, layer), HEADS, mask(ids.shape[1]))
            return student.normalize_layer(x, *pair(weights, "ln_f")) @ weights["wte.weight"].T

        losses = text_losses(logits, text, start["rows"], length, seed)
        train(weights, losses, start["steps"], 5e-3, track, f"mask: {mask_name}, {length} tokens")
        loss[name] = held_out_loss(logits, text, length)
        honest[name] = last_token_loss(logits, text, length)
        leaks[name] = len(student.sees_the_future(logits, text.held_out[None, :length]))
    return {"loss": loss, "honest": honest, "leaks": leaks}


@torch.no_grad()
def last_token_loss(logits: Callable[[torch.Tensor], torch.Tensor], text: Text, length: int) -> float:
    """Nats a token at the end of texts of a quarter, half, three quarters and all of `length`: no future is there."""
    ids, targets = windows(text.held_out, 256, length, torch.Generator().manual_seed(5))
    found = [
        loss_of(lambda shown: logits(shown)[:, -1:], (ids[:, :shown], targets[:, shown - 1 : shown])).item()
        for shown in (length // 4, length // 2, 3 * length // 4, length)
    ]
    return sum(found) / len(found)


def rows(figures):
    for name, (start, mask) in RUNS.items():
        told = "wide" if start is WIDE else "GPT-2's"
        yield told, mask, round(figures.loss[name], 2), round(figures.honest[name], 2), figures.leaks[name]


def claims(figures):
    loss, honest, leaks = figures.loss, figures.honest, figures.leaks
    yield (
        max(loss["one"], loss["all"]) < loss["causal"] - 0.7,
        f"loss {loss['causal']:.2f} with the mask, {loss['one']:.2f} one place too far, {loss['all']:.2f} without",
    )
    yield (
        min(honest["one"], honest["all"]) > honest["causal"] + 0.7,
        f"where no future is: {honest['causal']:.2f}, {honest['one']:.2f}, {honest['all']:.2f}",
    )
    yield (
        abs(loss["hidden_all"] - loss["hidden_causal"]) < 0.4,
        f"from GPT-2's start the leak hides: {loss['hidden_causal']:.2f} with it, {loss['hidden_all']:.2f} without",
    )
    wide, narrow = WIDE["length"], NARROW["length"]
    expected = {
        "causal": 0,
        "one": 2 * wide - 3,  # each of two layers carries it one place further
        "all": wide * (wide - 1) // 2,
        "hidden_causal": 0,
        "hidden_all": narrow * (narrow - 1) // 2,
    }
    yield leaks == expected, "leaks found: " + ", ".join(f"{count}" for count in leaks.values())


def draw(axes, figures) -> None:
    names = ["causal mask", "one place\ntoo far", "no mask", "causal mask,\nGPT-2's start", "no mask,\nGPT-2's start"]
    for shift, found, colour, label in (
        (-0.2, figures.loss, BLUE, "all tokens of a text"),
        (0.2, figures.honest, ORANGE, "the last token, which has no future"),
    ):
        places = [place + shift for place in range(len(names))]
        axes.bar(places, list(found.values()), 0.38, color=colour, label=label)
        for place, value in zip(places, found.values(), strict=True):
            axes.text(place, value + 0.08, f"{value:.2f}", ha="center")
    axes.axvline(2.5, ymax=0.75, color=RED, linestyle="--", linewidth=1)
    axes.set_xticks(range(len(names)), names)
    axes.set_ylim(0, 1.3 * max(figures.honest.values()))
    axes.set_ylabel("nats a token, held out")
    axes.legend(loc="upper right")
