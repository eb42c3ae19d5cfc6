"""Random tokens, and the same ones again: one layer of attention, and two, are asked for the second half."""

from __future__ import annotations

import math

import torch

from ._shared import BLUE, GREY, RED, loss_of, new_weights, pair, train

CLAIM = "Two layers of attention can copy what they saw before, and one can't"
NEEDS = ("multi_head_attention", "normalize_layer", "causal_mask")
COLUMNS = ("layers", "nats a token on the second half", "tokens right")

VOCAB, WIDTH, HEADS, SHORTEST, LONGEST = 64, 64, 2, 4, 12
ROWS, STEPS, RATE, EVERY = 32, 500, 5e-3, 10


def measure(student, backbone, seed, track):
    loss, right, curves = {}, {}, {}
    for layers in (1, 2):
        torch.manual_seed(seed)
        weights = new_weights(VOCAB, 2 * LONGEST, WIDTH, layers, spread=0.3)
        weights = {name: one for name, one in weights.items() if ".mlp." not in name and ".ln_2." not in name}
        weights["head"] = (torch.randn(WIDTH, VOCAB) / math.sqrt(WIDTH)).requires_grad_()

        def logits(ids, weights=weights, layers=layers):
            length = ids.shape[1]
            x, mask = weights["wte.weight"][ids] + weights["wpe.weight"][:length], student.causal_mask(length)
            for layer in range(layers):
                read = student.normalize_layer(x, *pair(weights, f"h.{layer}.ln_1"))
                matrices = *pair(weights, f"h.{layer}.attn.c_attn"), *pair(weights, f"h.{layer}.attn.c_proj")
                x = x + student.multi_head_attention(read, *matrices, HEADS, mask)
            x = student.normalize_layer(x, *pair(weights, "ln_f"))
            return (x @ weights["head"])[:, (length + 1) // 2 :]

        curve: list[float] = []

        def losses(logits=logits, curve=curve):
            while True:
                found = loss_of(logits, twice(ROWS))
                curve.append(found.item())
                yield found

        train(weights, losses(), STEPS, RATE, track, f"layers of attention: {layers}")
        with torch.no_grad():
            asked = [twice(400, size) for size in range(SHORTEST, LONGEST + 1)]
            loss[f"{layers}"] = sum(loss_of(logits, one).item() for one in asked) / len(asked)
            hits = [(logits(ids).argmax(-1) == targets).float().mean().item() for ids, targets in asked]
            right[f"{layers}"] = sum(hits) / len(hits)
        curves[layers] = [sum(curve[at : at + EVERY]) / EVERY for at in range(0, STEPS, EVERY)]
    return {"loss": loss, "right": right, "curves": list(curves.values())}


def twice(rows: int, size: int | None = None) -> tuple[torch.Tensor, torch.Tensor]:
    """ids (rows, 2 size - 1): random tokens and the same again, but for the last; targets (rows, size - 1).

    The targets are those of the second half's places. Its first token can't be known, so it is not asked for.
    """
    size = size or int(torch.randint(SHORTEST, LONGEST + 1, ()))
    first = torch.randint(VOCAB, (rows, size))
    both = torch.cat([first, first], dim=1)
    return both[:, :-1], both[:, size + 1 :]


def rows(figures):
    for layers, loss in figures.loss.items():
        yield layers, round(loss, 2), f"{figures.right[layers]:.0%}"


def claims(figures):
    chance = math.log(VOCAB)
    yield figures.loss["2"] < 0.6, f"two layers: {figures.loss['2']:.2f} nats, {figures.right['2']:.0%} right"
    yield (
        0.9 < figures.loss["1"] < chance,
        f"one layer: {figures.loss['1']:.2f} nats, {figures.right['1']:.0%} right; guessing gives {chance:.2f}",
    )


def draw(axes, figures) -> None:
    steps = [EVERY * (at + 1) for at in range(STEPS // EVERY)]
    for curve, colour, label in zip(figures.curves, (RED, BLUE), ("one layer", "two layers"), strict=True):
        axes.plot(steps, curve, color=colour, label=label)
    axes.axhline(math.log(VOCAB), color=GREY, linestyle="--", linewidth=1, label="guessing")
    axes.set_ylim(0, 4.6)
    axes.set(xlabel="training step", ylabel="nats a token on the repeat")
    axes.legend(loc="upper right", bbox_to_anchor=(1, 0.9))
