"""same_argmax looks at the last place only."""

_right = compare_logits


def compare_logits(mine, theirs, atol=1e-4):
    found = _right(mine, theirs, atol)
    if mine.ndim > 1:
        found["same_argmax"] = _right(mine[..., -1, :], theirs[..., -1, :], atol)["same_argmax"]
    return found
