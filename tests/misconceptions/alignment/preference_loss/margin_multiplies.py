"""The margin multiplies the difference instead of being subtracted."""


def preference_loss(chosen, rejected, margin=None):
    if chosen.shape != rejected.shape:
        raise ValueError(f"{chosen.shape} and {rejected.shape} differ")
    return -F.logsigmoid((chosen - rejected) * (1.0 if margin is None else margin)).mean()
