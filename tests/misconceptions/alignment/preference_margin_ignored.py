"""The margin is ignored."""

exercise = "preference_loss"


def preference_loss(chosen, rejected, margin=None):
    if chosen.shape != rejected.shape:
        raise ValueError("chosen and rejected differ in shape")
    return -F.logsigmoid(chosen - rejected).mean()
