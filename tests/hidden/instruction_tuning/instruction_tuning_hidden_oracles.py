"""Hidden checks of the lesson on instruction tuning: corners, and what hard-coded answers get wrong.

Feedback shows their sentences only. None repeats a visible check."""

import torch
from torch.nn import functional as F

from autograder import builders

# As in the visible checks: fp32 numbers of size 3, rounded to 1e-6; mistakes move them by 1e-2.
FP32 = {"rtol": 1e-4, "atol": 1e-5}


def message(role, content):
    return {"role": role, "content": content}


def tiny(seed, dropout=0.0):
    """The model of the training checks, as their probes build it."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1, vocabulary=29, positions=16)
    model.transformer.drop.p = dropout
    return model


def training_batch(rng, rows, length, supervised):
    """A batch (rows, length) whose last `supervised` tokens of each row are labels."""
    ids = rng.randint(1, 29, (rows, length))
    labels = ids.clone()
    labels[:, : length - supervised] = -100
    return {"input_ids": ids, "attention_mask": torch.ones_like(ids), "labels": labels}


def loss_of(model, batch):
    """The mean loss over supervised tokens; 0 where there are none."""
    logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
    targets = batch["labels"][:, 1:].flatten()
    total = F.cross_entropy(logits[:, :-1].flatten(0, 1), targets, ignore_index=-100, reduction="sum")
    return total / max(int((targets != -100).sum()), 1)
