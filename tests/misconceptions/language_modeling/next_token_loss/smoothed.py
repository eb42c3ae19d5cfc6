"""The targets are smoothed; the loss is that of the targets alone."""


def next_token_loss(logits, targets, ignore_index=-100):
    kept = (targets != ignore_index).sum().clamp(min=1)
    rows = logits.float().flatten(0, 1)
    return (
        F.cross_entropy(rows, targets.flatten(), ignore_index=ignore_index, reduction="sum", label_smoothing=0.1) / kept
    )
