"""What the experiments of this lesson share: weights at their start, text to read, and a short training.

Nothing here is graded. The figures in the comments come from five seeds and one thread:
`autograder experiment transformer --submission solutions --seeds 5`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import NamedTuple

import torch
from torch import nn
from torch.nn import functional as F

from autograder.experiments import Track

BLUE, PALE, ORANGE, RED, GREY = "#4c72b0", "#9fb8dc", "#dd8452", "#c44e52", "#999999"

Weights = dict[str, torch.Tensor]
Batch = tuple[torch.Tensor, torch.Tensor]  # what is read, what is to be guessed: ids (B, T) each


def new_weights(vocab: int, positions: int, width: int, layers: int, spread: float = 0.02) -> Weights:
    """Weights by GPT-2's names that can be trained. Tables are N(0, spread²), matrices as PyTorch's linear layers."""

    def matrix(rows: int, columns: int) -> torch.Tensor:
        return (2 * torch.rand(rows, columns) - 1) / math.sqrt(rows)

    weights = {"wte.weight": spread * torch.randn(vocab, width), "wpe.weight": spread * torch.randn(positions, width)}
    for layer in range(layers):
        for name, (rows, columns) in {
            "attn.c_attn": (width, 3 * width),
            "attn.c_proj": (width, width),
            "mlp.c_fc": (width, 4 * width),
            "mlp.c_proj": (4 * width, width),
        }.items():
            weights[f"h.{layer}.{name}.weight"] = matrix(rows, columns)
            weights[f"h.{layer}.{name}.bias"] = torch.zeros(columns)
    for norm in [*(f"h.{layer}.ln_{number}" for layer in range(layers) for number in (1, 2)), "ln_f"]:
        weights[f"{norm}.weight"], weights[f"{norm}.bias"] = torch.ones(width), torch.zeros(width)
    return {name: one.requires_grad_() for name, one in weights.items()}


def block_of(weights: Weights, layer: int) -> Weights:
    """A block's weights by the names of `transformer_block`."""
    start = f"h.{layer}."
    return {name.removeprefix(start): one for name, one in weights.items() if name.startswith(start)}


def pair(weights: Weights, part: str) -> tuple[torch.Tensor, torch.Tensor]:
    """`part`'s weight and bias, or gain and bias."""
    return weights[f"{part}.weight"], weights[f"{part}.bias"]


class Text(NamedTuple):
    """Reviews of the course's world, one behind the other, for training and for asking; ids count what occurs."""

    train: torch.Tensor  # (N,)
    held_out: torch.Tensor
    vocab: int


def reviews(tokenizer, seed: int) -> Text:
    from autograder.backbone import text

    streams = []
    for split, count in (("train", 1500), ("test", 300)):
        texts = text(split, count, seed, "review")
        streams.append(torch.tensor([one for ids in tokenizer(texts)["input_ids"] for one in (*ids, 0)]))
    seen, ids = torch.unique(torch.cat(streams), return_inverse=True)
    return Text(ids[: len(streams[0])], ids[len(streams[0]) :], len(seen))


def counted_loss(text: Text) -> float:
    """Nats a token for who only knows how often each token comes."""
    counts = torch.bincount(text.train, minlength=text.vocab) + 0.1
    return -(counts / counts.sum()).log()[text.held_out].mean().item()


def windows(stream: torch.Tensor, rows: int, length: int, generator: torch.Generator) -> Batch:
    starts = torch.randint(len(stream) - length, (rows,), generator=generator)
    read = stream[starts[:, None] + torch.arange(length + 1)]
    return read[:, :-1], read[:, 1:]


def loss_of(logits: Callable[[torch.Tensor], torch.Tensor], batch: Batch) -> torch.Tensor:
    ids, targets = batch
    return F.cross_entropy(logits(ids).flatten(0, 1), targets.flatten())


@torch.no_grad()
def held_out_loss(logits: Callable[[torch.Tensor], torch.Tensor], text: Text, length: int) -> float:
    """Nats a token on 256 windows of text that was not trained on, the same ones at each call."""
    return loss_of(logits, windows(text.held_out, 256, length, torch.Generator().manual_seed(9))).item()


def train(weights: Weights, losses: Iterable[torch.Tensor], steps: int, rate: float, track: Track, told: str) -> None:
    """Lower the losses, which are computed one at a time; the rate rises for 20 steps and falls in the last quarter."""
    parameters = list(weights.values())
    optimizer = torch.optim.AdamW(parameters, lr=rate, betas=(0.9, 0.95), weight_decay=0.0, fused=True)
    for step, loss in zip(track(range(steps), told), losses, strict=False):
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1, (step + 1) / 20, 4 * (1 - step / steps))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()


def text_losses(logits, text: Text, rows: int, length: int, seed: int) -> Iterable[torch.Tensor]:
    """An endless stream of losses on windows of the text."""
    generator = torch.Generator().manual_seed(seed)
    while True:
        yield loss_of(logits, windows(text.train, rows, length, generator))
