"""One model writes the same text with a cache and without one; what goes through it is counted, and so are its FLOPs.

The weights are the backbone's. Without a cache your GPT writes, by your `generate` of the lesson gpt; with one the same
tensors are put together around your `cached_attention`.
"""

from __future__ import annotations

import time
from types import SimpleNamespace

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from autograder.experiments import Unfit, require_small

from ._shared import BLUE, GREY, RED, forward_of, gpt_of, joined

CLAIM = "A cache changes the cost, not the text: the same tokens for some (n + 1) / 2 times fewer FLOPs"
NEEDS = ("cached_attention", "generate_cached", "tokens_through")
COLUMNS = ("new tokens", "same tokens", "read without a cache", "with one", "FLOPs, times fewer", "(n + 1) / 2")

LENGTHS, PROMPT = (25, 50, 100, 200), 4


def measure(student, backbone, seed, track):
    tools = gpt_of(student)
    theirs, tokenizer = backbone()
    if theirs.config.model_type != "gpt2":
        raise Unfit(f"It pours a GPT-2 into your GPT, and this backbone is a {theirs.config.model_type}.")
    require_small(theirs, "It writes 200 tokens without a cache")
    model = poured(tools, theirs)
    forward = forward_of(student, joined(tools.tensors_of(model)), theirs.config.n_head)
    ids = prompt(tokenizer, seed)
    found = {name: {} for name in ("same", "read", "read_cached", "due", "due_cached", "flops", "flops_cached")}
    for new in track(LENGTHS, "texts"):
        slow = counted(lambda read, new=new: tools.generate(Watched(model, read), ids, new, temperature=0.0))
        fast = counted(lambda read, new=new: student.generate_cached(watched(forward, read), ids, new))
        found["same"][f"{new}"] = (slow.text == fast.text)[:, PROMPT:].float().mean().item()
        found["read"][f"{new}"], found["read_cached"][f"{new}"] = slow.read, fast.read
        found["flops"][f"{new}"], found["flops_cached"][f"{new}"] = slow.flops, fast.flops
        # what tokens_through says, from a prompt of several tokens
        last = PROMPT + new - 1
        found["due"][f"{new}"] = student.tokens_through(last, False) - student.tokens_through(PROMPT - 1, False)
        found["due_cached"][f"{new}"] = student.tokens_through(last, True)
    stuck = student.generate_cached(lambda ids, at, cache: forward(ids, at - at[0], cache), ids, new)
    found["stuck"] = (stuck == slow.text)[:, PROMPT:].float().mean().item()
    found["texts"] = [tokenizer.decode(text[0, :30].tolist()) for text in (slow.text, stuck)]
    return {**found, "seconds": slow.seconds, "seconds_cached": fast.seconds}


@torch.no_grad()
def poured(tools, theirs):
    """The student's GPT with the weights of the library's, which stores the matrices of a block (in, out)."""
    sizes = theirs.config
    model = tools.GPT(tools.GPTConfig(sizes.vocab_size, sizes.n_positions, sizes.n_embd, sizes.n_layer, sizes.n_head))
    tensors = tools.tensors_of(model)
    for name, values in theirs.transformer.named_parameters():
        values = values.T if name.startswith("h.") and values.ndim == 2 else values
        if name in tensors:
            tensors[name].copy_(values)
            continue
        layer, kind = name.split("c_attn.")
        for part, piece in zip("qkv", values.chunk(3), strict=True):
            tensors[f"{layer}{part}.{kind}"].copy_(piece)
    return model.eval()


def prompt(tokenizer, seed: int) -> torch.Tensor:
    """(1, PROMPT): the beginning of a document that the model was not trained on."""
    from autograder.backbone.world import documents

    ids: list[int] = []
    for text in documents(f"efficiency:{seed}", held_out=True):
        if len(ids := tokenizer(text)["input_ids"]) >= PROMPT:
            break
    return torch.tensor([ids[:PROMPT]])


class Watched(torch.nn.Module):
    """A model that tells how many tokens each call read."""

    def __init__(self, model, read: list[int]) -> None:
        super().__init__()
        self.model, self.read, self.config = model, read, model.config

    def forward(self, ids):
        self.read.append(ids.shape[1])
        return self.model(ids)


def watched(forward, read: list[int]):
    def told(ids, positions, cache):
        read.append(ids.shape[1])
        return forward(ids, positions, cache)

    return told


def counted(write) -> SimpleNamespace:
    """What `write` wrote, from how many tokens read, with how many FLOPs, in how many seconds of a CPU."""
    read: list[int] = []
    start = time.process_time()
    # on a CPU the counter takes scaled_dot_product_attention for nothing, unless it is made of matrix products
    with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        text = write(read)
    seconds = time.process_time() - start
    return SimpleNamespace(text=text, read=sum(read), flops=counter.get_total_flops(), seconds=seconds)


def fewer(figures, new: int) -> float:
    return figures.flops[f"{new}"] / figures.flops_cached[f"{new}"]


def rows(figures):
    for new in LENGTHS:
        n = f"{new}"
        read = f"{figures.read[n]:,}", f"{figures.read_cached[n]:,}"
        yield new, f"{figures.same[n]:.0%}", *read, f"{fewer(figures, new):.1f}", f"{(new + 1) / 2:g}"


def claims(figures):
    yield min(figures.same.values()) == 1, f"{min(figures.same.values()):.0%} of the tokens are the same, or more"
    yield figures.read == figures.due, f"without a cache {list(figures.read.values())} tokens go through the layers"
    cached = list(figures.read_cached.values())
    yield figures.read_cached == figures.due_cached, f"with one {cached}, as tokens_through says"
    for new in LENGTHS:
        # Counts, so every seed gives the same: 14.3, 27.1, 52.8 and 105.0.
        times, simple = fewer(figures, new), (new + 1) / 2
        yield (
            simple < times < 1.2 * simple,
            f"{new} new tokens take {times:.1f} times fewer FLOPs, (n + 1) / 2 = {simple:g}",
        )
    yield figures.stuck < 0.9, f"with every new token at position 0 {figures.stuck:.0%} of the tokens would be the same"


def draw(axes, figures) -> None:
    for name, colour, said in (("flops", RED, "without a cache"), ("flops_cached", BLUE, "with one")):
        values = [one / 1e9 for one in getattr(figures, name).values()]
        axes.plot(LENGTHS, values, color=colour, marker="o", markersize=4)
        axes.text(LENGTHS[-1] + 4, values[-1], said, va="center")
    for new in LENGTHS[1:]:
        axes.text(
            new - 3, figures.flops[f"{new}"] / 1e9, f"{fewer(figures, new):.1f} ×", ha="right", va="bottom", color=GREY
        )
    axes.set_xlim(0, 260)
    axes.set_xticks([0, *LENGTHS])
    axes.set_xlabel(f"new tokens, after a prompt of {PROMPT}")
    axes.set_ylabel("billions of FLOPs")
