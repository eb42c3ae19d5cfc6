"""What the checks of this lesson share: tolerances, conversations and their ids, tiny models, and oracles.

Templates are compared with published texts, written out in the check files. Masks are compared as lists of supervised
ids: the tokenizer (`builders.tiny_tokenizer`) gives every byte its value as id, so that they can be written down. Its
<|endoftext|> is 256, <|im_start|> 257, <|im_end|> 258.

An oracle that knows mistakes has named parts; a mistake replaces one of them.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import parameters_to_vector

from autograder import builders
from autograder.checks import StudentError, fail, probe

# Losses and gradients of tiny models in fp32: numbers of size 3 from sums of 30 terms, rounded to 1e-6; mistakes move
# them by 1e-2.
TOL_FP32 = {"rtol": 1e-4, "atol": 1e-5}
IGNORE_INDEX = -100
RATE = 0.5  # of SGD; a power of 2, so that the update itself rounds nothing
START, END, NEWLINE = 257, 258, 10  # ids of <|im_start|>, <|im_end|> and "\n"


@contextmanager
def expect_named(name, sentence):
    """Inside expect_error: the message of the student's ValueError holds this name."""
    try:
        yield
    except StudentError as error:
        if error.type == "ValueError" and name not in error.message:
            fail(sentence, expected=f"a message with {name}", got=error.message)
        raise


# --- conversations, their ids and labels ----------------------------------------------------------------------------


def message(role, content):
    """One message of a conversation."""
    return {"role": role, "content": content}


def byte_ids(text):
    """The ids of a text under `builders.tiny_tokenizer`: its bytes."""
    return list(text.encode())


def random_word(rng):
    """Six letters that no check has drawn before."""
    return "".join("abcdefgklm"[rng.randint(0, 10)] for _ in range(6))


@probe
def encoded(student, messages, tokenizer_settings):
    """What encode_chat gives with the tokenizer that these settings make."""
    result = student.encode_chat(messages, builders.tiny_tokenizer(**tokenizer_settings))
    return dict(result) if hasattr(result, "keys") else result


class Segment(NamedTuple):
    """A piece of an encoded conversation."""

    kind: str  # "start", "header", "content", "end" or "newline"
    turn: int  # the index of its message
    role: str
    ids: list[int]


def segments(messages, start=START, end=END, encode=byte_ids) -> Iterator[Segment]:
    """A conversation in ChatML, piece by piece; `encode` gives the ids of a content."""
    for turn, one in enumerate(messages):
        role = one["role"]
        yield Segment("start", turn, role, [start])
        yield Segment("header", turn, role, byte_ids(f"{role}\n"))
        yield Segment("content", turn, role, encode(one["content"]))
        yield Segment("end", turn, role, [end])
        yield Segment("newline", turn, role, [NEWLINE])


def is_reply(segment: Segment) -> bool:
    """The right rule of supervision: the content of every assistant turn and the <|im_end|> behind it."""
    return segment.role == "assistant" and segment.kind in ("content", "end")


def encode_oracle(messages, is_supervised=is_reply, **settings):
    """What encode_chat returns: the ids of all segments, and 1 for each id of a supervised one."""
    return joined(segments(messages, **settings), is_supervised)


def joined(pieces: Iterable[Segment], is_supervised=is_reply):
    """Segments one behind the other, as encode_chat returns them."""
    pieces = list(pieces)
    return {
        "input_ids": [token for piece in pieces for token in piece.ids],
        "loss_mask": [int(is_supervised(piece)) for piece in pieces for _ in piece.ids],
    }


def example(ids, mask):
    """One encoded conversation, as collate_chats takes it."""
    return {"input_ids": list(ids), "loss_mask": list(mask)}


def labels_oracle(ids, lengths):
    """What mask_prompt_labels returns, (B, T): -100 at the positions t < lengths[row], the id elsewhere."""
    labels = ids.clone()
    for row, length in enumerate(lengths.tolist()):
        labels[row, :length] = IGNORE_INDEX
    return labels


# --- tiny models and their batches ----------------------------------------------------------------------------------


def tiny_model(seed, dropout=0.0):
    """The model of the training checks, as their probes build it: V = 29, up to 16 positions."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1, vocabulary=29, positions=16)
    model.transformer.drop.p = dropout
    return model


def initial_embeddings(seed, vocabulary):
    """The embeddings (V, 16) that the model of the checks of add_chat_tokens starts with."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1, vocabulary=vocabulary, positions=16)
    return model.transformer.wte.weight.detach()


def weights_of(model):
    """All parameters of a model in one row (P,)."""
    return parameters_to_vector(model.parameters()).detach()


def training_batch(rng, rows, length, supervised, padded=False):
    """A batch (rows, length) whose last `supervised` tokens of each row are labels; `padded`: the last row by one."""
    ids = rng.randint(1, 29, (rows, length))
    labels, attention_mask = ids.clone(), torch.ones_like(ids)
    labels[:, : length - supervised] = IGNORE_INDEX
    if padded:
        ids[-1, -1], labels[-1, -1], attention_mask[-1, -1] = 0, IGNORE_INDEX, 0
    return {"input_ids": ids, "attention_mask": attention_mask, "labels": labels}


def count_supervised(batch):
    """How many labels the loss uses: the first label of a row is no target."""
    return int((batch["labels"][:, 1:] != IGNORE_INDEX).sum())


def loss_of(model, batch, labels=None):
    """The mean over supervised tokens of -log p(label[t + 1] | ids[: t + 1]), a scalar; 0 where there are none."""
    logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits  # (B, T, V)
    targets = (batch["labels"] if labels is None else labels)[:, 1:].flatten()  # (B·(T-1),)
    total = F.cross_entropy(logits[:, :-1].flatten(0, 1), targets, ignore_index=IGNORE_INDEX, reduction="sum")
    return total / max(int((targets != IGNORE_INDEX).sum()), 1)


# --- accumulate_gradients -------------------------------------------------------------------------------------------


@probe
def accumulated(student, seed, pieces, start=None, dropout=0.0, train=False, lazily=False, frozen=False):
    """What accumulate_gradients leaves where all gradients start as the number `start`.

    `lazily`: the pieces come from a generator. `frozen`: the last 16 parameters, ln_f.bias, are.
    """
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1, vocabulary=29, positions=16)
    model.transformer.drop.p = dropout
    model.train(train)
    model.transformer.ln_f.bias.requires_grad_(not frozen)
    if start is not None:
        for parameter in model.parameters():
            parameter.grad = torch.full_like(parameter, start)
    returned = student.accumulate_gradients(model, (piece for piece in pieces) if lazily else pieces)
    gradients = [torch.zeros_like(p) if p.grad is None else p.grad for p in model.parameters()]
    return {
        "returned": returned,
        "kind": type(returned).__name__,
        "gradient": torch.cat([gradient.flatten() for gradient in gradients]),
        "weights": torch.cat([parameter.detach().flatten() for parameter in model.parameters()]),
        "training": model.training,
        "frozen": [name for name, parameter in model.named_parameters() if not parameter.requires_grad],
    }


def weighted_gradient(model, weights, pieces):
    """The gradient (P,) of the sum over pieces of weight · mean loss, and that sum."""
    model.zero_grad()
    total = sum(weight * loss_of(model, piece) for weight, piece in zip(weights, pieces, strict=True))
    total.backward()
    return parameters_to_vector(parameter.grad for parameter in model.parameters()), total.item()


# --- train_sft ------------------------------------------------------------------------------------------------------


@probe
def trained(student, seed, batches, steps, rate, dropout=0.0, stale=0.0, frozen=False):
    """Train a tiny model with plain SGD; its gradients start as `stale`. Losses, its mode, its weights in one row.

    `frozen`: its ln_f.bias is.
    """
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1, vocabulary=29, positions=16)
    model.transformer.drop.p = dropout
    model.transformer.ln_f.bias.requires_grad_(not frozen)
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    if stale:
        for parameter in model.parameters():
            parameter.grad = torch.full_like(parameter, stale)
    losses = student.train_sft(model, batches, optimizer, steps)
    weights = torch.cat([parameter.detach().flatten() for parameter in model.parameters()])
    kinds = sorted({type(loss).__name__ for loss in losses}) if isinstance(losses, list) else []
    still = [name for name, parameter in model.named_parameters() if not parameter.requires_grad]
    return {"losses": losses, "kinds": kinds, "training": model.training, "weights": weights, "frozen": still}


@dataclass(frozen=True)
class TrainOracle:
    """`train_sft` on a tiny model with plain SGD, in parts."""

    set_mode: Callable = lambda model: model.train()
    pick: Callable = lambda batches, step: batches[step % len(batches)]
    labels: Callable = lambda batch: batch["labels"]
    zero_grad: Callable = lambda optimizer, step: optimizer.zero_grad()
    measure: Callable = lambda before, after: before()

    def run(self, seed, batches, steps, *, dropout=0.0, stale=0.0, frozen=False):
        """The losses of so many steps, and the weights (P,) at their end; gradients start as `stale`."""
        model = tiny_model(seed, dropout)
        model.transformer.ln_f.bias.requires_grad_(not frozen)
        optimizer = torch.optim.SGD(model.parameters(), lr=RATE)
        for parameter in model.parameters():
            parameter.grad = torch.full_like(parameter, stale)
        self.set_mode(model)
        losses = []
        for step in range(steps):
            batch = self.pick(batches, step)
            # Forward
            loss = loss_of(model, batch, self.labels(batch))
            # Backward
            self.zero_grad(optimizer, step)
            loss.backward()
            # Update
            optimizer.step()
            # Record
            losses.append(self.measure(loss.item, lambda batch=batch: loss_of(model, batch, self.labels(batch)).item()))
        return losses, weights_of(model)


# --- generate_reply -------------------------------------------------------------------------------------------------


@probe
def replies(student, seed, calls, dropout=0.0, train=False):
    """What each call (prompts, stop ids, tokens) of generate_reply gives, and what it leaves of the model.

    The model is `talkative(seed)`; its ln_f.bias is frozen, and every gradient is 0.5.
    """
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1, vocabulary=29, positions=16)
    generator = torch.Generator().manual_seed(seed)
    model.lm_head.weight = nn.Parameter(torch.randn(29, 16, generator=generator))
    with torch.no_grad():
        for layer in (model.transformer.h[0].attn.c_attn, model.transformer.h[0].attn.c_proj):
            layer.weight.mul_(10.0)
    model.transformer.drop.p = dropout
    model.train(train)
    model.transformer.ln_f.bias.requires_grad_(False)
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, 0.5)
    graphs = []
    model.lm_head.register_forward_hook(lambda module, inputs, logits: graphs.append(logits.requires_grad))
    found = [student.generate_reply(model, *call) for call in calls]
    return {
        "replies": found,
        "training": model.training,
        "graphs": any(graphs),
        "frozen": [name for name, parameter in model.named_parameters() if not parameter.requires_grad],
        "gradients_kept": all(p.grad is not None and bool((p.grad == 0.5).all()) for p in model.parameters()),
    }


def talkative(seed):
    """A tiny model that says many different things: it has an output layer of its own and strong attention."""
    model = tiny_model(seed)
    generator = torch.Generator().manual_seed(seed)
    model.lm_head.weight = nn.Parameter(torch.randn(29, 16, generator=generator))
    with torch.no_grad():
        for layer in (model.transformer.h[0].attn.c_attn, model.transformer.h[0].attn.c_proj):
            layer.weight.mul_(10.0)
    return model


@torch.no_grad()
def greedy(model, ids, tokens):
    """The likeliest next tokens of each row of ids (B, T), and the smallest lead of a winner over its runner-up (B,).

    Rows whose lead is large have one right reply, whatever the rounding.
    """
    length, lead = ids.shape[1], torch.full(ids.shape[:1], float("inf"))
    for _ in range(tokens):
        best = model(ids).logits[:, -1].topk(2, dim=-1)  # values and indices (B, 2)
        lead = torch.minimum(lead, best.values[:, 0] - best.values[:, 1])
        ids = torch.cat([ids, best.indices[:, :1]], dim=1)  # (B, T + 1)
    return ids[:, length:].tolist(), lead
