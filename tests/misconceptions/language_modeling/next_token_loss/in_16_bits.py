"""With 16-bit logits the loss is computed in 16 bits; raise them to float32 first."""


def next_token_loss(logits, targets, ignore_index=-100):
    total = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=ignore_index, reduction="sum")
    return total / (targets != ignore_index).sum().clamp(min=1)
