"""The margin has the wrong sign: it makes the demand smaller."""


def preference_loss(chosen, rejected, margin=None):
    if chosen.shape != rejected.shape:
        raise ValueError(f"{chosen.shape} and {rejected.shape} differ")
    off = 0.0 if margin is None else margin
    return -F.logsigmoid(chosen - rejected + off).mean()
