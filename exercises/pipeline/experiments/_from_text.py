"""From raw text to a base model with the student's own parts: a tokenizer, a GPT, its training; and the same two as the
library's, which is what the lessons after pretraining work on.

Nothing here is graded, and no exercise asks for these lessons: what is missing is named, and the claim waits for it.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import torch
from torch.nn import functional as F

from autograder.checks import Blocked

from ._base import chat, tiny_base
from ._gates import Gates

if TYPE_CHECKING:
    from transformers import GPT2LMHeadModel, PreTrainedTokenizerFast

FIRST = {  # what the first stages are run with, and the lesson that it was written in
    "tokenization": dict.fromkeys(
        ("train_bpe", "pretokenize", "encode_piece", "encode_text", "to_printable"), "tokenization"
    ),
    "embeddings": {"GPT": "gpt"},  # its two tables
    "transformer": dict.fromkeys(("GPT", "GPTConfig", "init_weights", "tensors_of"), "gpt"),
    "pretraining": dict.fromkeys(
        ("join_documents", "random_windows", "learning_rate", "decay_groups", "train_gpt", "evaluate_loss"),
        "pretraining",
    ),
}
BEFORE = tuple(stage for stage in FIRST if stage != "pretraining")  # the stages that run_pipeline doesn't know
END = "<|endoftext|>"
DECAY, BETAS = 0.05, (0.9, 0.98)
HELD_OUT, COMPARED = 50, 100  # one document held out for so many; those of which ids are compared


@dataclass(frozen=True)
class Sizes:
    """How much is read and trained. As it stands, some minutes of a processor."""

    facts: int = 12_000  # documents of this kind
    stories: int = 6_000  # from which it learns to say a name again, as every answer does
    learned_from: int = 1_500  # documents that the tokenizer learns from
    vocab: int = 1_024
    positions: int = 128
    width: int = 128
    layers: int = 4
    heads: int = 4
    rows: int = 16  # windows in a batch
    steps: int = 2_000
    peak: float = 3e-3
    warmup: int = 100


def yours(tools: Mapping[str, str]) -> str:
    """Which lessons' code of yours a stage is run with: {"dpo_step": "alignment"} → "your alignment"."""
    return f"your {', '.join(dict.fromkeys(tools.values()))}" if tools else "the course's tiny model"


def first_rows(found: Mapping[str, Any]) -> list[tuple[str, str, str, bool | None, str]]:
    """Of each stage that run_pipeline doesn't know: that it was run, whose code it is, its gate, and figures."""
    told: dict[str, tuple[bool | None, str]] = {
        "tokenization": (
            found["same ids"] == 1,
            f"{found['tokens']:,} tokens of {found['bytes a token']:.1f} bytes, {found['same ids']:.0%} the library's",
        ),
        "embeddings": (None, ""),
        "transformer": (
            found["gap"] < 1e-4,
            f"{found['numbers']:,} numbers, the library's logits to {found['gap']:.0e}",
        ),
    }
    return [(stage, "run", yours(FIRST[stage]), *told[stage]) for stage in BEFORE]


def first_tools(student) -> Any:
    """The student's functions of all lessons. Raises Blocked with the first of `FIRST` that is not written."""
    tools = student.__tools__
    for stage in FIRST.values():
        for name, lesson in stage.items():
            if getattr(tools, name) is None:
                raise Blocked(f"{name} ({lesson})")
    return tools


# --- text and its ids -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tokenizer:
    """A vocabulary and merges with the student's functions. A piece is cut once, however often a text has it."""

    tools: Any
    vocab: dict[int, bytes]
    merges: list[tuple[bytes, bytes]]

    def encoder(self) -> Callable[[str], list[int]]:
        lowest = {token: number for number, token in reversed(self.vocab.items())}

        @cache
        def ids_of(piece: str) -> list[int]:
            return [lowest[token] for token in self.tools.encode_piece(piece.encode(), self.merges)]

        return lambda text: [number for piece in self.tools.pretokenize(text) for number in ids_of(piece)]

    def as_library(self, positions: int) -> PreTrainedTokenizerFast:
        """The same vocabulary and merges in the form that transformers uses."""
        from tokenizers import Tokenizer, decoders, models, pre_tokenizers
        from transformers import PreTrainedTokenizerFast

        show, special = self.tools.to_printable, max(self.vocab)
        vocab = {show(token): number for number, token in sorted(self.vocab.items(), reverse=True) if number != special}
        merges = [(show(left), show(right)) for left, right in self.merges]
        tokenizer = Tokenizer(models.BPE(vocab={**vocab, END: special}, merges=merges))
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.decoder = decoders.ByteLevel()
        return PreTrainedTokenizerFast(
            tokenizer_object=tokenizer,
            eos_token=END,
            pad_token=END,
            model_max_length=positions,
            clean_up_tokenization_spaces=False,
        )


def world(split: str, sizes: Sizes, seed: int, share: int = 1) -> list[str]:
    """Documents of the tiny world, mixed: one in `share` of what `sizes` says."""
    from autograder.backbone import text

    counts = {"facts": sizes.facts, "story": sizes.stories}
    documents = [one for kind, count in counts.items() for one in text(split, -(-count // share), seed, kind)]
    random.Random(seed).shuffle(documents)
    return documents


def learn_tokenizer(tools, documents: Sequence[str], sizes: Sizes) -> Tokenizer:
    return Tokenizer(tools, *tools.train_bpe(END.join(documents[: sizes.learned_from]), sizes.vocab, [END]))


# --- the model and its training -------------------------------------------------------------------------------------


def pretrain(tools, stream: torch.Tensor, held_out: torch.Tensor, vocab: int, sizes: Sizes, seed: int, track) -> tuple:
    """A GPT that was trained on the stream, and the nats a token on the held-out one before and after."""
    torch.manual_seed(seed)
    names = ("positions", "width", "layers", "heads")
    model = tools.GPT(tools.GPTConfig(vocab=vocab, **{name: getattr(sizes, name) for name in names}))
    tools.init_weights(model)

    def windows(data: torch.Tensor, seed: int, numbers) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        generator = torch.Generator().manual_seed(seed)
        return (tools.random_windows(data, sizes.positions, sizes.rows, generator) for _ in numbers)

    def rate(step: int) -> float:
        return tools.learning_rate(step, sizes.peak, sizes.peak / 20, sizes.warmup, sizes.steps)

    before = tools.evaluate_loss(model, windows(held_out, 1, range(4)))
    optimizer = torch.optim.AdamW(tools.decay_groups(model, DECAY), lr=1.0, betas=BETAS, fused=True)
    tools.train_gpt(model, windows(stream, seed, track(range(sizes.steps), "pretraining")), optimizer, rate, 1.0)
    return model.eval(), (before, tools.evaluate_loss(model, windows(held_out, 1, range(4))))


@torch.no_grad()
def as_gpt2(tools, model, end: int) -> GPT2LMHeadModel:
    """The library's GPT-2 of the same shape with the numbers of the student's `GPT`, through `tensors_of`."""
    from transformers import GPT2Config, GPT2LMHeadModel

    sizes = model.config
    config = GPT2Config(
        vocab_size=sizes.vocab,
        n_positions=sizes.positions,
        n_embd=sizes.width,
        n_layer=sizes.layers,
        n_head=sizes.heads,
        activation_function="gelu_pytorch_tanh",
        bos_token_id=end,
        eos_token_id=end,
        pad_token_id=end,
        **dict.fromkeys(("resid_pdrop", "embd_pdrop", "attn_pdrop"), 0.0),
    )
    theirs, numbers = GPT2LMHeadModel(config).eval(), tools.tensors_of(model)
    for name, parameter in theirs.transformer.named_parameters():
        parts = [numbers.get(name)]
        if parts == [None]:  # attn.c_attn in three
            layer, kind = name.removesuffix("c_attn.weight").removesuffix("c_attn.bias"), name.rsplit(".", 1)[1]
            parts = [numbers[f"{layer}{part}.{kind}"] for part in "qkv"]
        whole = torch.cat(parts)  # weights (out, in); the library stores those of a block (in, out)
        parameter.copy_(whole.T if name.startswith("h.") and whole.ndim == 2 else whole)
    return theirs


# --- what the later stages start from -------------------------------------------------------------------------------


def base_from_text(student, seed: int, track, sizes: Sizes) -> tuple[SimpleNamespace, dict[str, Any]]:
    """What run_pipeline starts from, made from raw text with the student's parts; and what was measured on the way."""
    tools = first_tools(student)
    # Tokenize
    documents, held_out = world("train", sizes, seed), world("test", sizes, seed, HELD_OUT)
    (tokenizer,) = (learn_tokenizer(tools, some, sizes) for some in track([documents], "training the tokenizer"))
    encode, end = tokenizer.encoder(), max(tokenizer.vocab)
    streams = [tools.join_documents([encode(one) for one in some], end) for some in (documents, held_out)]
    # Pretrain
    model, losses = pretrain(tools, *streams, len(tokenizer.vocab), sizes, seed, track)
    # Hand over
    theirs, library = as_gpt2(tools, model, end), tokenizer.as_library(sizes.positions)
    rows, _ = tools.random_windows(streams[1], sizes.positions, 8, torch.Generator().manual_seed(2))  # (B, T)
    asked = held_out[:COMPARED]
    found = {
        "tokens": len(tokenizer.vocab),
        "bytes a token": sum(len(one.encode()) for one in held_out) / (len(streams[1]) - len(held_out)),
        "texts compared": len(asked),
        "same ids": sum(
            library(one)["input_ids"] == tools.encode_text(one, tokenizer.vocab, tokenizer.merges) for one in asked
        )
        / len(asked),
        "numbers": sum(parameter.numel() for parameter in model.parameters()),
        "loss before": losses[0],
        "loss after": losses[1],
        "gap": largest_gap(model, theirs, rows),
    }
    base = tiny_base(lambda: (theirs, library), seed, track)
    base.gate.text = held_out[:60]
    return base, found


@torch.no_grad()
def largest_gap(model, theirs, rows: torch.Tensor) -> float:
    """The largest difference between a logit of the student's model and that of the library's."""
    return (model(rows) - theirs(rows).logits).abs().max().item()


class Recorded:
    """A gate that also asks at each stage what the model still knows and prefers."""

    def __init__(self, tools, gate: Gates, seed: int) -> None:
        from autograder.backbone import preferences

        self.tools, self.gate, self.found = tools, gate, {}
        self.pairs = preferences("tiny", "test", 40, seed)

    def __call__(self, stage: str, before, after, tokenizer) -> dict[str, Any]:
        from autograder.backbone.card import perplexity, recall

        said = self.gate(stage, before, after, tokenizer)
        self.found[stage] = {
            "capitals": recall(after, tokenizer, "capital"),
            "loss": math.log(perplexity(after, tokenizer, self.gate.text)),
            "margin": margin(self.tools, after, tokenizer, self.pairs) if stage != "pretraining" else 0.0,
        }
        return said


@torch.no_grad()
def margin(tools, model, tokenizer, pairs: Sequence[dict[str, str]]) -> float:
    """By how many nats the preferred reply is likelier than the other, in the mean over pairs."""
    sums = []
    for side in ("chosen", "rejected"):
        encoded = [tools.encode_chat(chat(pair["prompt"], pair[side]), tokenizer) for pair in pairs]
        batch = tools.collate_chats(encoded, tokenizer.pad_token_id)
        logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits[:, :-1]
        labels = batch["labels"][:, 1:]
        sums.append(-F.cross_entropy(logits.flatten(0, 1).float(), labels.flatten(), reduction="sum"))
    return ((sums[0] - sums[1]) / len(pairs)).item()
