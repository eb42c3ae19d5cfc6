"""The loss has dtype float64, not float32."""


def next_token_loss(logits, targets, ignore_index=-100):
    total = F.cross_entropy(
        logits.double().flatten(0, 1), targets.flatten(), ignore_index=ignore_index, reduction="sum"
    )
    return total / (targets != ignore_index).sum().clamp(min=1)
