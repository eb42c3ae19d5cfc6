"""A context manager keeps the modes, inference_mode the graph away, topk finds the largest logit."""

import contextlib

import torch


@contextlib.contextmanager
def _evaluating(model):
    training = [part for part in model.modules() if part.training]
    model.eval()
    try:
        yield
    finally:
        for part in training:
            part.training = True


def accuracy(model, loader):
    hits = []
    with _evaluating(model), torch.inference_mode():
        for batch in loader:
            best = model(batch["input_ids"], batch["attention_mask"]).topk(1, dim=1).indices.squeeze(1)
            hits += torch.eq(best, batch["labels"]).tolist()
    if not hits:
        raise ValueError("the loader is empty: there is no batch to measure")
    return float(sum(hits) / len(hits))
