"""What checks of several exercises share: GPT-2's names in three spellings, checkpoints of drawn sizes, and errors."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch

from autograder import builders
from autograder.checks import StudentError, fail

MAPS = ("attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj")  # stored (in, out)
OUTSIDE = ("wte.weight", "wpe.weight", "ln_f.weight", "ln_f.bias")
INSIDE = tuple(f"{part}.{kind}" for part in ("ln_1", "ln_2", *MAPS) for kind in ("weight", "bias"))
PREFIX = "transformer."


def inside(block):
    """The short names of one block."""
    return [f"h.{block}.{one}" for one in INSIDE]


def all_names(layers):
    return [*OUTSIDE, *(name for block in range(layers) for name in inside(block))]


def tensorflow(short):
    """OpenAI's spelling of a short name."""
    if short in ("wte.weight", "wpe.weight"):
        return f"model/{short[:3]}"
    *parts, kind = short.split(".")
    if parts[0] == "h":
        parts = [f"h{parts[1]}", *parts[2:]]
    ending = "b" if kind == "bias" else "g" if parts[-1].startswith("ln_") else "w"
    return "/".join(["model", *parts, ending])


def is_map(short):
    """Whether it is the weight of one of a block's linear maps."""
    return short.endswith(tuple(f".{one}.weight" for one in MAPS))


@dataclass(frozen=True)
class Sizes:
    """Of a model; the fields are called as GPTConfig's are."""

    vocab: int
    positions: int
    width: int
    layers: int
    heads: int

    @property
    def given(self):
        return {key: getattr(self, key) for key in ("vocab", "positions", "width", "layers", "heads")}


def draw_sizes(rng, layers=2, heads=((2, 5), (3, 4), (2, 3), (3, 2), (4, 3))):
    """Sizes of which none equals another, nor 3 or 4 times the width; `heads`: how many there may be, and how wide."""
    number, share = rng.choice(heads)
    width = number * share
    vocab = rng.choice([one for one in range(19, 30) if one not in (3 * width, 4 * width)])
    positions = rng.choice([one for one in range(13, 19) if one not in (width, 3 * width, 4 * width)])
    return Sizes(vocab, positions, width, layers, number)


def checkpoint(rng, sizes):
    """A checkpoint of these sizes by short names, maps (in, out); all numbers are drawn."""
    shape = {"vocabulary": sizes.vocab, "positions": sizes.positions, "width": sizes.width, "layers": sizes.layers}
    return builders.tiny_state(rng.randint(0, 1 << 30), **shape)


def upright(state):
    """What a checkpoint by short names is converted to: maps (out, in), float32."""
    return {name: (one.T if is_map(name) else one).float().contiguous() for name, one in state.items()}


def row_of(state):
    """The numbers of all tensors in one row, as that crosses faster than many tensors."""
    return torch.cat([one.flatten() for one in state.values()])


def apart(row, shapes):
    """Name → tensor, of a row with their numbers."""
    parts = row.split([math.prod(shape) for shape in shapes.values()])
    return {name: part.reshape(shape) for (name, shape), part in zip(shapes.items(), parts, strict=True)}


def shapes_of(state):
    return {name: list(one.shape) for name, one in state.items()}


OTHER_ERROR = "What doesn't fit raises another error than ValueError."
NO_MESSAGE = "The ValueError has no message; it has to say what is wrong."


def refused(call, accepted, *names, unnamed):
    """A question for `in_drawn_order`: this call must raise ValueError, with each of these texts in its message.

    `accepted` is said where it raises nothing, `unnamed` where a text is missing."""

    def ask():
        try:
            call()
        except StudentError as error:
            if "ValueError" not in (error.type, *error.bases):
                fail(OTHER_ERROR, expected="ValueError", got=str(error))
            if not error.message.strip():
                fail(NO_MESSAGE)
            expect_named(error.message, names, unnamed)
        else:
            fail(accepted, expected="ValueError", got="no error")

    return ask


def expect_named(message, names, unnamed):
    """Each of these names or numbers stands in the message by itself, not as a part of a longer one."""
    for name in names:
        if not stands_in(message, name):
            fail(unnamed, got=message)


def stands_in(message, name):
    at = message.find(name)
    while at >= 0:
        before, after = message[at - 1 : at], message[at + len(name) : at + len(name) + 1]
        if not (before.isalnum() or before in ("_", ".", "/")) and not (after.isalnum() or after == "_"):
            return True
        at = message.find(name, at + 1)
    return False
