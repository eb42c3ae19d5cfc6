"""What the experiments of this lesson share: text in few tokens, and a GPT that is trained on a part of it.

The model and the loop are those of the lessons `gpt` and `pretraining`. Nothing here is graded. The figures in the
comments come from five seeds and one thread: `autograder experiment scaling_laws --submission solutions --seeds 5`.
"""

from __future__ import annotations

from itertools import islice
from types import SimpleNamespace
from typing import NamedTuple

import torch

from autograder.checks import Blocked

BLUE, PALE, ORANGE, RED, GREEN, GREY = "#4c72b0", "#9fb8dc", "#dd8452", "#c44e52", "#3f8f57", "#777777"
VOCAB = 300  # few, so that even in a narrow model the table is not nearly all
LAYERS, HEADS, LENGTH, ROWS = 2, 2, 32, 16
RATE = 0.3  # the peak rate is this divided by the width: a wider model takes smaller steps
DOCUMENTS, HELD_OUT, HELD_OUT_ROWS, HELD_OUT_BATCHES = 8000, 800, 64, 8
TOOLS = {
    "gpt": ("GPT", "GPTConfig", "init_weights"),
    "pretraining": ("join_documents", "random_windows", "learning_rate", "decay_groups", "train_gpt", "evaluate_loss"),
}


def tools_of(student) -> SimpleNamespace:
    """The student's functions of the lessons before. Raises Blocked with the first that is not written."""
    found = {name: (getattr(student.__tools__, name), lesson) for lesson, names in TOOLS.items() for name in names}
    for name, (tool, lesson) in found.items():
        if tool is None:
            raise Blocked(f"{name} ({lesson})")
    return SimpleNamespace(**{name: tool for name, (tool, _) in found.items()})


class Text(NamedTuple):
    """Two streams of ids."""

    train: torch.Tensor  # (N,)
    held_out: torch.Tensor
    vocab: int


def world(tools, seed: int) -> Text:
    """Documents of the course's world, in tokens of their own: byte pairs, learnt from a part of them."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    from autograder.backbone.world import documents

    texts = list(islice(documents(f"scaling:{seed}"), DOCUMENTS))
    others = list(islice(documents(f"scaling:{seed}", held_out=True), HELD_OUT))
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(vocab_size=VOCAB, special_tokens=["<|endoftext|>"], show_progress=False)
    tokenizer.train_from_iterator(texts[:1500], trainer)
    streams = (tools.join_documents([one.ids for one in tokenizer.encode_batch(some)], 0) for some in (texts, others))
    return Text(*streams, tokenizer.get_vocab_size())


def size_of(student, vocab: int, width: int) -> int:
    """The numbers that a token is multiplied with: the matrices of the blocks, and the tied table as output."""
    return student.block_parameters(width, LAYERS) + vocab * width


def train(tools, text: Text, width: int, steps: int, seed: int, rows: int = ROWS) -> float:
    """The held-out loss of a GPT of this width after `steps`. Its rate warms up for a tenth of them, and falls to their
    end."""
    torch.manual_seed(seed)
    model = tools.GPT(tools.GPTConfig(text.vocab, LENGTH, width, LAYERS, HEADS))
    tools.init_weights(model)
    optimizer = torch.optim.AdamW(tools.decay_groups(model, 0.1), lr=1.0, betas=(0.9, 0.95), fused=True)
    generator = torch.Generator().manual_seed(seed)
    batches = (tools.random_windows(text.train, LENGTH, rows, generator) for _ in range(steps))
    peak = RATE / width

    def schedule(step: int) -> float:
        return tools.learning_rate(step, peak, peak / 10, max(1, steps // 10), steps)

    tools.train_gpt(model, batches, optimizer, schedule, 1.0)
    return tools.evaluate_loss(model, held_out_batches(tools, text))


def held_out_batches(tools, text: Text) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """The same ones at each call."""
    generator = torch.Generator().manual_seed(9)
    return [tools.random_windows(text.held_out, LENGTH, HELD_OUT_ROWS, generator) for _ in range(HELD_OUT_BATCHES)]
