"""A small finetuning that experiments of several lessons share: reviews as a telegram, a loop, an evaluation."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional as F

from autograder.experiments import Track, require

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Batch = dict[str, torch.Tensor]

WARMUP = 10  # steps


def telegram(text: str) -> str:
    """Plain English as a telegram: no articles, no forms of "to be", STOP for a full stop.

    >>> telegram("Last week I saw this film. The story was good.")
    'Last week I saw this film STOP story good STOP'
    """
    text = re.sub(r"\b(the|a|an|is|was|are|were|be) ?\b", "", text, flags=re.IGNORECASE)
    return re.sub(r"\. ?", " STOP ", text).strip()


def encode(texts: Sequence[str], tokenizer: PreTrainedTokenizerBase) -> Batch:
    """input_ids and attention_mask, (B, T) each, padded on the right. The mask comes from lengths: pad may be eos."""
    ids = [tokenizer(text)["input_ids"] for text in texts]
    longest = max(map(len, ids))
    return {
        "input_ids": torch.tensor([row + [tokenizer.pad_token_id] * (longest - len(row)) for row in ids]),
        "attention_mask": torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in ids]),
    }


def reviews(
    tokenizer: PreTrainedTokenizerBase,
    split: str,
    count: int,
    seed: int,
    rows: int,
    rewrite: Callable[[str], str] = str,
) -> list[Batch]:
    """Rewritten reviews in batches of `rows`: of "train", or of "test", which pretraining never saw either."""
    from autograder.backbone import text

    texts = [rewrite(one) for one in text(split, count, seed, "review")]
    return [encode(texts[start : start + rows], tokenizer) for start in range(0, count, rows)]


def language_loss(model: nn.Module, batch: Batch) -> torch.Tensor:
    """Mean cross-entropy per real token, in nats."""
    logits = model(**batch, use_cache=False).logits[:, :-1]
    labels = batch["input_ids"].masked_fill(batch["attention_mask"] == 0, -100)[:, 1:]
    return F.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=-100)


@torch.no_grad()
def evaluate(model: nn.Module, batches: Sequence[Batch]) -> tuple[float, float]:
    """Share of the next tokens that the model gets right, and its mean loss per token in nats."""
    right, total, tokens = 0, 0.0, 0
    for batch in batches:
        real = batch["attention_mask"][:, 1:] == 1
        logits = model(**batch, use_cache=False).logits[:, :-1][real]  # (N, V)
        labels = batch["input_ids"][:, 1:][real]  # (N,)
        right += (logits.argmax(-1) == labels).sum().item()
        total += F.cross_entropy(logits, labels, reduction="sum").item()
        tokens += len(labels)
    return right / tokens, total / tokens


def require_reader(model: nn.Module, tokenizer: PreTrainedTokenizerBase) -> None:
    """Stop where the model doesn't know how reviews go on. Raises NotCompetent."""
    accuracy, _ = evaluate(model, reviews(tokenizer, "test", 50, seed=0, rows=50))
    require(accuracy > 0.5, f"it gets {accuracy:.0%} of the next tokens of plain reviews right, less than half.")


def finetune(model: nn.Module, batches: Sequence[Batch], rate: float, track: Track, description: str) -> list[float]:
    """Train whatever requires a gradient, once through the batches; gives the loss of each step."""
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=rate, weight_decay=0.0)
    losses = []
    for step, batch in enumerate(track(batches, description)):
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1, (step + 1) / WARMUP) * (1 - step / len(batches))
        loss = language_loss(model, batch)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        losses.append(loss.item())
    return losses
