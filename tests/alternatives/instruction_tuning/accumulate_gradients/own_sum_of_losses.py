"""A sum of losses by cross_entropy, divided by all tokens; pieces without any go through as well."""

import torch.nn.functional as F


def accumulate_gradients(model, micro_batches):
    pieces = tuple(micro_batches)
    tokens = sum((p["labels"][:, 1:] != -100).sum().item() for p in pieces)
    losses = []
    for p in pieces:
        output = model(input_ids=p["input_ids"], attention_mask=p["attention_mask"])
        flat = output.logits[:, :-1].float().flatten(0, 1)
        loss = F.cross_entropy(flat, p["labels"][:, 1:].flatten(), reduction="sum") / max(tokens, 1)
        loss.backward()
        losses.append(loss.detach())
    return float(sum(losses))
