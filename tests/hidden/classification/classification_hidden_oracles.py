"""Hidden checks of the lesson on finetuning for classification: corners, and what hard-coded answers get wrong.

Feedback shows their sentences only. None repeats a visible check."""

import torch
from torch import nn
from torch.nn import functional as F

from autograder.checks import probe

# As in the visible checks: fp32 rounds by about 1e-6 here; mistakes move things by 0.01 or more.
FP32 = {"rtol": 1e-4, "atol": 1e-4}


VOCABULARY = 53  # of builders.tiny_gpt2


def texts(rng, *lengths):
    """Lists of token ids of these lengths, none of them 0."""
    return [rng.randint(1, VOCABULARY, (length,)).tolist() for length in lengths]


def rectangle(sequences, side, pad_id=0, extra=0):
    """input_ids and attention_mask (B, T) of these texts, filled up with pad_id."""
    longest = max(map(len, sequences)) + extra
    ids, mask = [], []
    for text in sequences:
        gap = longest - len(text)
        ids.append(text + [pad_id] * gap if side == "right" else [pad_id] * gap + text)
        mask.append([1] * len(text) + [0] * gap if side == "right" else [0] * gap + [1] * len(text))
    return torch.tensor(ids), torch.tensor(mask)


def ragged_batches(rng, rows, classes, *sizes):
    """Labelled batches of these sizes, ragged, padded on the right with noise."""
    found = []
    for size in sizes:
        mask = torch.tensor([[1] * length + [0] * (4 - length) for length in [rng.randint(1, 5) for _ in range(size)]])
        ids = rng.randint(0, rows, mask.shape)
        labels = rng.randint(0, classes, (size,))
        found.append({"input_ids": ids, "attention_mask": mask, "labels": labels})
    return found


def counts_of(batch, rows):
    """(B, V): how often each token stands in each text."""
    return (F.one_hot(batch["input_ids"], rows) * batch["attention_mask"][..., None]).sum(dim=1).float()


@probe
def epoch_of_nothing(student, name):
    """train_epoch or accuracy with a loader that gives no batch."""
    model = nn.Linear(2, 2)
    if name == "accuracy":
        return student.accuracy(model, [])
    return student.train_epoch(model, iter([]), torch.optim.SGD(model.parameters(), lr=0.1))
