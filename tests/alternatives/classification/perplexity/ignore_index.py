"""Labels of -100 leave out what does not count; means are updated as they come."""

import torch
from torch import nn


def perplexity(language_model, batches):
    was = [part.training for part in language_model.modules()]
    grad = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    language_model.eval()
    mean, n = torch.zeros((), dtype=torch.float64), 0
    try:
        for batch in batches:
            mask = batch["attention_mask"].bool()
            first = mask.long().argmax(dim=1, keepdim=True)
            positions = torch.arange(mask.shape[1]).expand(mask.shape) - first
            output = language_model(
                input_ids=batch["input_ids"], attention_mask=batch["attention_mask"], position_ids=positions * mask
            )
            labels = batch["input_ids"].masked_fill(~mask, -100)[:, 1:].masked_fill(~mask[:, :-1], -100)
            k = int((labels != -100).sum())
            if k:
                loss = nn.CrossEntropyLoss()(output.logits[:, :-1].flatten(0, 1).double(), labels.flatten())
                n += k
                mean += (loss - mean) * k / n
    finally:
        for part, training in zip(language_model.modules(), was, strict=False):
            part.training = training
        torch.set_grad_enabled(grad)
    if n == 0:
        raise ValueError("no token counts; pass texts with at least two real tokens")
    return float(mean.exp())
