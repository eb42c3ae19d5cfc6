"""Each reward is judged on its own; only the difference counts."""


def preference_loss(chosen, rejected, margin=None):
    if chosen.shape != rejected.shape:
        raise ValueError(f"{chosen.shape} and {rejected.shape} differ")
    off = 0.0 if margin is None else margin
    return -(F.logsigmoid(chosen - off) + F.logsigmoid(-rejected)).mean()
