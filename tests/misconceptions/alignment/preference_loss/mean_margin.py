"""The mean of the margins is subtracted from every pair; each has its own."""

_right = preference_loss


def preference_loss(chosen, rejected, margin=None):
    return _right(chosen, rejected, margin.mean() if isinstance(margin, torch.Tensor) else margin)
