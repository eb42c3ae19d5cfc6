"""The margin is ignored."""


def preference_loss(chosen, rejected, margin=None):
    if chosen.shape != rejected.shape:
        raise ValueError(f"{chosen.shape} and {rejected.shape} differ")
    return -F.logsigmoid(chosen - rejected).mean()
