"""same_argmax is a count, not a share."""

_right = compare_logits


def compare_logits(mine, theirs, atol=1e-4):
    found = _right(mine, theirs, atol)
    return found | {"same_argmax": round(found["same_argmax"] * mine[..., 0].numel())}
