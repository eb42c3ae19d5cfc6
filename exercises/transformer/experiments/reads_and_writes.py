"""Each half of each block of a trained model taken away alone: what attention and the network write is worth."""

from __future__ import annotations

import torch

from autograder.experiments import require, require_small

from ._shared import BLUE, GREY, ORANGE, loss_of
from .heads_are_capacity import held_out, weights_of

CLAIM = "Both halves of a block write to the stream, and the first block's network is what the model can't do without"
NEEDS = ("gpt_logits",)
COLUMNS = ("block", "without attention", "without the network")

HALVES = {"attention": "attn", "network": "mlp"}


def measure(student, backbone, seed, track):
    model, tokenizer = backbone()
    require_small(model, "It runs the model twice for each block")
    weights = weights_of(model)
    heads, layers = model.config.n_head, model.config.n_layer
    text = held_out(tokenizer, seed)
    without = {half: {} for half in HALVES}
    with torch.no_grad():
        whole = loss_of(lambda ids: student.gpt_logits(ids, weights, heads), text).item()
        require(whole < 3, f"its loss on held-out text is {whole:.2f} nats a token, not below 3.")
        for layer in track(range(layers), "taking halves away"):
            for half, part in HALVES.items():
                names = [f"h.{layer}.{part}.c_proj.{one}" for one in ("weight", "bias")]
                changed = weights | {name: torch.zeros_like(weights[name]) for name in names}  # it writes nothing
                loss = loss_of(lambda ids, changed=changed: student.gpt_logits(ids, changed, heads), text).item()
                without[half][f"{layer}"] = loss
    uniform = torch.tensor(float(model.config.vocab_size)).log().item()
    return {"whole": whole, "uniform": uniform, **without}


def rows(figures):
    for layer, loss in figures.attention.items():
        yield layer, f"{loss:.2f}", f"{figures.network[layer]:.2f}"


def claims(figures):
    dearest = figures.network["0"]
    yield (
        dearest > figures.uniform,
        f"without the first block's network the loss is {dearest:.2f}; knowing nothing gives {figures.uniform:.2f}",
    )
    yield figures.attention["0"] > figures.whole + 0.3, f"without its attention {figures.attention['0']:.2f}"
    later = [
        loss - figures.whole for found in (figures.attention, figures.network) for loss in list(found.values())[1:]
    ]
    yield (
        0 < min(later) and max(later) < 1,
        f"with all {figures.whole:.2f}; each later half is worth {min(later):.2f} to {max(later):.2f}",
    )


def draw(axes, figures) -> None:
    for shift, found, colour, label in (
        (-0.2, figures.attention, BLUE, "without attention"),
        (0.2, figures.network, ORANGE, "without the network"),
    ):
        places = [int(layer) + shift for layer in found]
        axes.bar(places, list(found.values()), 0.38, color=colour, label=label)
        for place, value in zip(places, found.values(), strict=True):
            axes.text(place, value + 0.1, f"{value:.2f}", ha="center")
    for height in (figures.uniform, figures.whole):
        axes.axhline(height, color=GREY, linestyle="--", linewidth=1)
    axes.text(len(figures.network) - 0.5, figures.uniform + 0.1, "knowing nothing", ha="right", color="grey")
    axes.set_xticks(range(len(figures.network)), [f"block {layer}" for layer in figures.network])
    axes.set_ylim(0, 1.25 * max(figures.network.values()))
    axes.set_ylabel("nats a token (lower line: nothing taken away)")
    axes.legend(loc="upper right", ncols=2)
