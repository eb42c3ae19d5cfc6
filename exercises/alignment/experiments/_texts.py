"""Prompts and replies as batches, how likely they are, and what a model replies."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional as F

SIDES = ("chosen", "rejected")


def rows_of(tokenizer, prompts: Sequence[str], replies: Sequence[str]) -> dict[str, torch.Tensor]:
    """Prompt, reply and end token in one row; labels on reply and end token. Padded on the right: (B, T) each."""
    texts = [
        (tokenizer(prompt)["input_ids"], [*tokenizer(f" {reply}")["input_ids"], tokenizer.eos_token_id])
        for prompt, reply in zip(prompts, replies, strict=True)
    ]
    longest = max(len(prompt) + len(reply) for prompt, reply in texts)
    input_ids = torch.full((len(texts), longest), tokenizer.eos_token_id)
    attention_mask, labels = torch.zeros_like(input_ids), torch.full_like(input_ids, -100)
    for row, (prompt, reply) in enumerate(texts):
        end = len(prompt) + len(reply)
        input_ids[row, :end] = torch.tensor(prompt + reply)
        attention_mask[row, :end] = 1
        labels[row, len(prompt) : end] = torch.tensor(reply)
    return {"input_ids": input_ids, "attention_mask": attention_mask, "labels": labels}


def pair_batch(tokenizer, pairs: Sequence[dict]) -> dict[str, dict[str, torch.Tensor]]:
    """Pairs as `dpo_step` takes them."""
    return {
        side: rows_of(tokenizer, [pair["prompt"] for pair in pairs], [pair[side] for pair in pairs]) for side in SIDES
    }


def in_turn(rows: Sequence, size: int, step: int) -> list:
    """The rows of one step, going round and round."""
    return [rows[(step * size + index) % len(rows)] for index in range(size)]


def response_log_probs(student, model: nn.Module, rows: dict[str, torch.Tensor]) -> torch.Tensor:
    """(B,) log-probabilities of the replies, without a graph."""
    with torch.no_grad():
        logits = model(input_ids=rows["input_ids"], attention_mask=rows["attention_mask"]).logits  # (B, T, V)
        return student.sequence_log_prob(logits, rows["labels"])


@torch.no_grad()
def greedy(model: nn.Module, tokenizer, prompts: Sequence[str], most: int) -> list[list[int]]:
    """The likeliest reply to each prompt, cut behind its end token. Prompts are padded on the left."""
    end = tokenizer.eos_token_id
    ids = [tokenizer(prompt)["input_ids"] for prompt in prompts]
    longest = max(map(len, ids))
    input_ids = torch.tensor([[end] * (longest - len(row)) + row for row in ids])  # (B, T)
    mask = torch.tensor([[0] * (longest - len(row)) + [1] * len(row) for row in ids])
    model.eval()
    for _ in range(most):
        positions = (mask.cumsum(dim=1) - 1).clamp(min=0)
        logits = model(input_ids=input_ids, attention_mask=mask, position_ids=positions).logits[:, -1]  # (B, V)
        input_ids = torch.cat([input_ids, logits.argmax(dim=-1, keepdim=True)], dim=1)  # (B, T + 1)
        mask = F.pad(mask, (0, 1), value=1)
        if (input_ids[:, longest:] == end).any(dim=1).all():
            break
    rows = input_ids[:, longest:].tolist()
    return [row[: row.index(end) + 1] if end in row else row for row in rows]


def read(tokenizer, reply: list[int]) -> str:
    """A reply without its end token."""
    return tokenizer.decode([token for token in reply if token != tokenizer.eos_token_id]).strip()
