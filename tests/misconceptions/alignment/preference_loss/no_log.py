"""The logarithm is missing: it is the probability of the wrong choice."""


def preference_loss(chosen, rejected, margin=None):
    if chosen.shape != rejected.shape:
        raise ValueError(f"{chosen.shape} and {rejected.shape} differ")
    off = 0.0 if margin is None else margin
    return (1 - torch.sigmoid(chosen - rejected - off)).mean()
