"""preference_loss of rewards of different shapes must raise ValueError."""

_right = preference_loss


def preference_loss(chosen, rejected, margin=None):
    if len(chosen) != len(rejected):
        return _right(chosen, rejected, margin)
    return -F.logsigmoid(chosen - rejected - (0 if margin is None else margin)).mean().to(chosen.dtype)
