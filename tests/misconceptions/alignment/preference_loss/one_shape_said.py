"""The error about the shapes doesn't say both of them."""

_right = preference_loss


def preference_loss(chosen, rejected, margin=None):
    if chosen.shape != rejected.shape:
        raise ValueError(f"rejected is {tuple(rejected.shape)}, which chosen is not")
    return _right(chosen, rejected, margin)
