"""The margin is ignored."""


def preference_loss(chosen, rejected, margin=None):
    if chosen.shape != rejected.shape:
        raise ValueError("chosen and rejected differ in shape")
    return -F.logsigmoid(chosen - rejected).mean()
