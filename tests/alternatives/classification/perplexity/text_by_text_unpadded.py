"""Every text is cut out of its padding and read alone; cross_entropy sums in float64."""

import math

import torch
import torch.nn.functional as F


def perplexity(language_model, batches):
    before = {part: part.training for part in language_model.modules()}
    language_model.eval()
    losses = []
    with torch.no_grad():
        for batch in batches:
            for ids, mask in zip(batch["input_ids"], batch["attention_mask"], strict=False):
                text = ids[mask == 1][None]
                if text.shape[1] < 2:
                    continue
                out = language_model(
                    input_ids=text, attention_mask=torch.ones_like(text), position_ids=torch.arange(text.shape[1])[None]
                )
                losses += F.cross_entropy(out.logits[0, :-1].double(), text[0, 1:], reduction="none").tolist()
    for part, training in before.items():
        part.training = training
    if not losses:
        raise ValueError("not one token counts: the texts need two tokens or more")
    return float(torch.tensor(math.fsum(losses) / len(losses), dtype=torch.float64).exp())
