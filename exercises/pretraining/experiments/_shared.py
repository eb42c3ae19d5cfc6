"""What the experiments of this lesson share: text, a small GPT at its start, and a run that is looked at on the way.

Nothing here is graded. The figures in the comments come from five seeds and one thread:
`autograder experiment pretraining --submission solutions --seeds 5`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import torch

from autograder.experiments import Track, no_track, require

BLUE, PALE, ORANGE, RED, GREY = "#4c72b0", "#9fb8dc", "#dd8452", "#c44e52", "#999999"
LENGTH, ROWS, HEADS = 24, 16, 4
BETAS, DECAY = (0.9, 0.95), 0.1
NO_LIMIT = 1e9  # on the norm of a gradient

Batch = tuple[torch.Tensor, torch.Tensor]


class Text(NamedTuple):
    """Two streams of ids, which count what occurs."""

    train: torch.Tensor  # (N,)
    held_out: torch.Tensor
    vocab: int


def reviews(student, tokenizer, seed: int) -> Text:
    """Reviews of the course's world: few words, so that a small model learns them in seconds."""
    from autograder.backbone import text

    streams = [
        student.join_documents(tokenizer(text(split, count, seed, "review"))["input_ids"], 0)
        for split, count in (("train", 1500), ("test", 300))
    ]
    seen, ids = torch.unique(torch.cat(streams), return_inverse=True)
    return Text(ids[: len(streams[0])], ids[len(streams[0]) :], len(seen))


@dataclass(frozen=True)
class Shape:
    """The sizes of a GPT, under the names that the lesson on it gives them."""

    vocab: int
    positions: int = LENGTH
    width: int = 48
    layers: int = 2
    heads: int = HEADS
    dropout: float = 0.0


def new_model(student, shape: Shape, seed: int) -> torch.nn.Module:
    """Your own GPT at its start; where the lesson on it isn't at hand, as in a notebook, the library's."""
    torch.manual_seed(seed)
    tools = student.__tools__
    if tools.GPT is None or tools.init_weights is None:
        return librarys_gpt(shape)
    model = tools.GPT(shape)
    tools.init_weights(model)
    with torch.no_grad():
        logits = model(torch.randint(shape.vocab, (8, shape.positions)))
    off = (logits.exp().sum(-1).log() - logits.mean(-1)).mean().item() - math.log(shape.vocab)
    require(abs(off) < 1, f"Your GPT's first loss is {off:+.1f} from ln V: pytest exercises/gpt says why.")
    return model


def librarys_gpt(shape: Shape) -> torch.nn.Module:
    from transformers import GPT2Config, GPT2LMHeadModel

    class Logits(GPT2LMHeadModel):
        def forward(self, input_ids):
            return super().forward(input_ids, use_cache=False).logits

    sizes = {"n_positions": shape.positions, "n_embd": shape.width, "n_layer": shape.layers, "n_head": shape.heads}
    dropout = dict.fromkeys(("resid_pdrop", "embd_pdrop", "attn_pdrop"), shape.dropout)
    return Logits(GPT2Config(vocab_size=shape.vocab, bos_token_id=0, eos_token_id=0, **sizes, **dropout))


def new_optimizer(student, model: torch.nn.Module) -> torch.optim.Optimizer:
    return torch.optim.AdamW(student.decay_groups(model, DECAY), lr=1.0, betas=BETAS, fused=True)


def drawn(student, stream: torch.Tensor, generator: torch.Generator, rows: int = ROWS) -> Iterator[Batch]:
    """Batches without end."""
    while True:
        yield student.random_windows(stream, LENGTH, rows, generator)


def held_out_batches(student, text: Text, rows: int = 64, count: int = 4) -> list[Batch]:
    """The same ones at each call."""
    return list(islice(drawn(student, text.held_out, torch.Generator().manual_seed(9), rows), count))


class Run(NamedTuple):
    """What a training run showed on the way."""

    losses: list[float]  # of each batch, before its step
    held_out: list[float]  # before the first step, and after every `every` steps


def run(
    student,
    model: torch.nn.Module,
    batches: Iterator[Batch],
    held_out: list[Batch],
    schedule: Callable[[int], float],
    steps: int,
    every: int,
    max_norm: float = 1.0,
    track: Track = no_track,
    told: str = "training",
) -> Run:
    """Train for `steps`, and ask for the held-out loss every few steps."""
    optimizer = new_optimizer(student, model)
    found = Run([], [student.evaluate_loss(model, held_out)])
    for done in track(range(0, steps, every), told):
        found.losses.extend(
            student.train_gpt(
                model, islice(batches, every), optimizer, lambda step, done=done: schedule(done + step), max_norm
            )
        )
        found.held_out.append(student.evaluate_loss(model, held_out))
    return found
