"""That is a hinge loss, not -log sigmoid."""


def preference_loss(chosen, rejected, margin=None):
    if chosen.shape != rejected.shape:
        raise ValueError(f"{chosen.shape} and {rejected.shape} differ")
    off = 0.0 if margin is None else margin
    return (1 - (chosen - rejected - off)).clamp(min=0).mean()
