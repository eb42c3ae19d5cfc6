"""Shapes that can be stretched to each other are compared; they differ, so it is a ValueError."""

_right = compare_logits


def compare_logits(mine, theirs, atol=1e-4):
    try:
        mine, theirs = torch.broadcast_tensors(mine, theirs)
    except RuntimeError:
        raise ValueError(f"{tuple(mine.shape)} and {tuple(theirs.shape)} differ") from None
    return _right(mine, theirs, atol)
