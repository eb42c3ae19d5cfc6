"""Two and six blocks, each with and without the addition to the stream, after the same short training."""

from __future__ import annotations

import torch

from ._shared import BLUE, RED, block_of, counted_loss, held_out_loss, new_weights, pair, reviews, text_losses, train

CLAIM = "The residual lets depth train: six blocks that replace the stream learn nothing but how often tokens come"
NEEDS = ("transformer_block", "multi_head_attention", "normalize_layer", "feed_forward", "causal_mask")
COLUMNS = ("blocks", "what a block does with the stream", "nats a token, held out")

DEPTHS, HEADS, WIDTH, LENGTH = (2, 6), 4, 32, 16
ROWS, STEPS, RATE = 16, 200, 5e-3
ADDS, REPLACES = "adds", "replaces"


def measure(student, backbone, seed, track):
    text = reviews(backbone()[1], seed)
    mask = student.causal_mask(LENGTH)

    def replaced(x, params):
        """A block without its two additions."""
        read = student.normalize_layer(x, *pair(params, "ln_1"))
        x = student.multi_head_attention(read, *pair(params, "attn.c_attn"), *pair(params, "attn.c_proj"), HEADS, mask)
        read = student.normalize_layer(x, *pair(params, "ln_2"))
        return student.feed_forward(read, *pair(params, "mlp.c_fc"), *pair(params, "mlp.c_proj"))

    def added(x, params):
        return student.transformer_block(x, params, HEADS, mask)

    found = {ADDS: {}, REPLACES: {}}
    for depth in DEPTHS:
        for name, block in ((ADDS, added), (REPLACES, replaced)):
            torch.manual_seed(seed)
            weights = new_weights(text.vocab, LENGTH, WIDTH, depth)

            def logits(ids, weights=weights, block=block, depth=depth):
                x = weights["wte.weight"][ids] + weights["wpe.weight"]
                for layer in range(depth):
                    x = block(x, block_of(weights, layer))
                return student.normalize_layer(x, *pair(weights, "ln_f")) @ weights["wte.weight"].T

            losses = text_losses(logits, text, ROWS, LENGTH, seed)
            train(weights, losses, STEPS, RATE, track, f"{depth} blocks, the stream {name}")
            found[name][f"{depth}"] = held_out_loss(logits, text, LENGTH)
    return {**found, "counted": counted_loss(text)}


def rows(figures):
    yield "none", "counts of single tokens", round(figures.counted, 2)
    for depth in DEPTHS:
        yield depth, "adds to it", round(figures.adds[f"{depth}"], 2)
        yield depth, "replaces it", round(figures.replaces[f"{depth}"], 2)


def claims(figures):
    shallow, deep = (f"{depth}" for depth in DEPTHS)
    counted = figures.counted
    yield (
        max(figures.adds.values()) < counted - 0.5,
        f"with the addition: {figures.adds[shallow]:.2f} and {figures.adds[deep]:.2f}; single tokens: {counted:.2f}",
    )
    yield (
        figures.replaces[shallow] > figures.adds[shallow] + 0.5,
        f"two blocks without it learn something, and less: {figures.replaces[shallow]:.2f}",
    )
    yield (
        abs(figures.replaces[deep] - counted) < 0.1,
        f"six blocks without it learn how often tokens come, and nothing else: {figures.replaces[deep]:.2f}",
    )


def draw(axes, figures) -> None:
    for shift, found, colour, label in (
        (-0.2, figures.adds, BLUE, "blocks that add to the stream"),
        (0.2, figures.replaces, RED, "blocks that replace it"),
    ):
        places = [place + shift for place in range(len(DEPTHS))]
        axes.bar(places, list(found.values()), 0.38, color=colour, label=label)
        for place, value in zip(places, found.values(), strict=True):
            axes.text(place, value + 0.08, f"{value:.2f}", ha="center")
    axes.axhline(figures.counted, color="grey", linestyle="--", linewidth=1)
    axes.set_xticks(range(len(DEPTHS)), [f"{depth} blocks" for depth in DEPTHS])
    axes.set_ylim(0, 7)
    axes.set_ylabel("nats a token (dashed: counts)")
    axes.legend(loc="upper left")
