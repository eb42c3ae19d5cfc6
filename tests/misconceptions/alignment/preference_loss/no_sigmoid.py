"""The sigmoid is missing: it is the plain difference, which can fall for ever."""


def preference_loss(chosen, rejected, margin=None):
    if chosen.shape != rejected.shape:
        raise ValueError(f"{chosen.shape} and {rejected.shape} differ")
    off = 0.0 if margin is None else margin
    return -(chosen - rejected - off).mean()
