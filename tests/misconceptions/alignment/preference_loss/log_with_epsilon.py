"""The loss stops growing far from 0: something is clamped or added inside the logarithm."""


def preference_loss(chosen, rejected, margin=None):
    if chosen.shape != rejected.shape:
        raise ValueError(f"{chosen.shape} and {rejected.shape} differ")
    off = 0.0 if margin is None else margin
    return -torch.log(torch.sigmoid(chosen - rejected - off) + 1e-8).mean()
