"""cross_entropy with an ignore_index of its own over (B, V, T), inference_mode as decorator of a helper."""

import torch
from torch.nn import functional as F


@torch.inference_mode()
def _surprise(language_model, batch):
    ids, mask = batch["input_ids"], batch["attention_mask"]
    output = language_model(attention_mask=mask, input_ids=ids, position_ids=(torch.cumsum(mask, dim=1) - 1) * mask)
    pairs = mask[:, 1:] & mask[:, :-1]
    labels = torch.where(pairs == 1, ids[:, 1:], -1)
    losses = F.cross_entropy(output.logits[:, :-1].double().transpose(1, 2), labels, ignore_index=-1, reduction="none")
    return losses.sum().item(), pairs.sum().item()


def perplexity(language_model, batches):
    training = language_model.training
    language_model.train(False)
    try:
        surprises, counts = map(
            list, zip((0.0, 0), *(_surprise(language_model, batch) for batch in batches), strict=False)
        )
    finally:
        language_model.train(training)
    if sum(counts) == 0:
        raise ValueError("there is no token to predict in these batches: no token counts")
    mean = torch.tensor(sum(surprises) / sum(counts), dtype=torch.float64)
    return float(mean.exp())
