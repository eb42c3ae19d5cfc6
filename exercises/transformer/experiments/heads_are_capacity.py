"""Each head of a trained model taken away alone: what the loss says to that."""

from __future__ import annotations

import torch

from autograder.experiments import Unfit, require, require_small

from ._shared import BLUE, GREY, RED, loss_of

CLAIM = "Heads are capacity, not an assignment: most can go alone at little cost, but not together"
NEEDS = ("gpt_logits",)
COLUMNS = ("block", "head", "loss without it, compared")

ROWS, LENGTH = 24, 64
CHEAP = 0.05  # of the loss


def measure(student, backbone, seed, track):
    model, tokenizer = backbone()
    require_small(model, "It runs the model once for each head")
    weights = weights_of(model)
    heads, layers, width = model.config.n_head, model.config.n_layer, model.config.n_embd
    text = held_out(tokenizer, seed)
    with torch.no_grad():
        whole = loss_of(lambda ids: student.gpt_logits(ids, weights, heads), text).item()
        require(whole < 3, f"its loss on held-out text is {whole:.2f} nats a token, not below 3.")
        rises = []
        for layer in track(range(layers), "taking heads away"):
            for head in range(heads):
                changed = without_heads(weights, [(layer, head)], width // heads)
                loss = loss_of(lambda ids, changed=changed: student.gpt_logits(ids, changed, heads), text).item()
                rises.append(loss / whole - 1)
        cheap = [divmod(at, heads) for at, rise in enumerate(rises) if rise < CHEAP]
        changed = without_heads(weights, cheap, width // heads)
        together = loss_of(lambda ids: student.gpt_logits(ids, changed, heads), text).item()
    return {
        "loss": whole,
        "cheap": len(cheap),
        "together": together,
        "cheapest": min(rises),
        "dearest": max(rises),
        "heads": len(rises),
        "rises": rises,
        "by_head": heads,
    }


def weights_of(model) -> dict[str, torch.Tensor]:
    """A GPT-2's weights by the names of `gpt_logits`. Raises Unfit for another family."""
    if model.config.model_type != "gpt2":
        raise Unfit(f"It takes a GPT-2 apart, and this is a {model.config.model_type}, whose blocks are others.")
    return {name: one.detach() for name, one in model.transformer.named_parameters()}


def without_heads(weights, heads: list[tuple[int, int]], size: int) -> dict[str, torch.Tensor]:
    """The weights, and W_O reads nothing of these (block, head), `size` wide each."""
    changed = dict(weights)
    for layer, head in heads:
        name = f"h.{layer}.attn.c_proj.weight"
        changed[name] = changed[name].clone()
        changed[name][head * size : (head + 1) * size] = 0
    return changed


def held_out(tokenizer, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows of text that the model has not read, and the token after each."""
    from autograder.backbone import text

    texts = text("test", 400, seed)
    stream = torch.tensor([one for ids in tokenizer(texts)["input_ids"] for one in (*ids, tokenizer.eos_token_id)])
    read = stream[: ROWS * (LENGTH + 1)].view(ROWS, LENGTH + 1)
    return read[:, :-1], read[:, 1:]


def rows(figures):
    for at, rise in enumerate(figures.rises):
        yield *divmod(at, figures.by_head), f"{rise:+.1%}"


def claims(figures):
    yield (
        figures.cheap >= 0.6 * figures.heads,
        f"{figures.cheap} of {figures.heads} heads cost less than 5% of the loss each, one {figures.cheapest:+.1%}",
    )
    yield figures.dearest > CHEAP, f"the dearest costs {figures.dearest:.1%}"
    yield (
        figures.together > 1.5 * figures.loss,
        f"all the cheap ones at once: the loss is {figures.together:.2f}, with every head {figures.loss:.2f}",
    )


def draw(axes, figures) -> None:
    places = range(figures.heads)
    axes.bar(places, [100 * rise for rise in figures.rises], color=[RED if r >= CHEAP else BLUE for r in figures.rises])
    axes.axhline(100 * CHEAP, color=GREY, linestyle="--", linewidth=1)
    axes.set_xticks(places, [f"{at // figures.by_head}.{at % figures.by_head}" for at in places])
    axes.set(xlabel="block.head", ylabel="rise of the loss without it, %")
