"""Binary cross-entropy with logits, every label being 1."""


def preference_loss(chosen, rejected, margin=None):
    if chosen.shape != rejected.shape:
        raise ValueError(f"shapes differ: {chosen.shape} and {rejected.shape}")
    logits = chosen - rejected if margin is None else chosen - rejected - margin
    return F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))
