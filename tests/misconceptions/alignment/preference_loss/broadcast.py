"""preference_loss of rewards of different shapes must raise ValueError."""


def preference_loss(chosen, rejected, margin=None):
    off = 0.0 if margin is None else margin
    return -F.logsigmoid(chosen - rejected - off).mean()
