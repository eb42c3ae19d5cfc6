"""Cross-entropy over the two rewards, the chosen one being class 0."""


def preference_loss(chosen, rejected, margin=None):
    if chosen.shape != rejected.shape:
        raise ValueError(f"shapes differ: {chosen.shape} and {rejected.shape}")
    if margin is not None:
        chosen = chosen - margin
    both = torch.stack([chosen, rejected], dim=1)
    return F.cross_entropy(both, torch.zeros(len(both), dtype=torch.long))
