"""Kept positions first; logsumexp minus the target's logit."""


def next_token_loss(logits, targets, ignore_index=-100):
    kept = targets != ignore_index
    rows, labels = logits[kept].float(), targets[kept]
    losses = rows.logsumexp(-1) - rows[torch.arange(len(labels)), labels]
    return losses.sum() / max(len(labels), 1)
