"""Checks of the lesson on instruction tuning. Run them with `pytest exercises/instruction_tuning`.

Templates are compared with published texts, written out here. Masks are compared as lists of supervised ids: the
tokenizer (`builders.tiny_tokenizer`) gives every byte its value as id, so that they can be written down. Its
<|endoftext|> is 256, <|im_start|> 257, <|im_end|> 258."""

import torch
from torch.nn import functional as F

from autograder import builders

# Losses and gradients of tiny models in fp32: numbers of size 3 from sums of 30 terms, rounded to 1e-6; mistakes move
# them by 1e-2.
FP32 = {"rtol": 1e-4, "atol": 1e-5}


def spelled(text):
    """The ids of a text: its bytes."""
    return list(text.encode())


def message(role, content):
    return {"role": role, "content": content}


def tiny(seed, dropout=0.0):
    """The model of the training checks, as their probes build it."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1, vocabulary=29, positions=16)
    model.transformer.drop.p = dropout
    return model


def training_batch(rng, rows, length, supervised):
    """A batch (rows, length) whose last `supervised` tokens of each row are labels, the last row padded by one."""
    ids = rng.randint(1, 29, (rows, length))
    labels, attended = ids.clone(), torch.ones_like(ids)
    labels[:, :-supervised] = -100
    ids[-1, -1], labels[-1, -1], attended[-1, -1] = 0, -100, 0
    return {"input_ids": ids, "attention_mask": attended, "labels": labels}


def loss_of(model, batch, labels=None):
    """The mean loss over supervised tokens."""
    logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
    labels = batch["labels"] if labels is None else labels
    return F.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100)
