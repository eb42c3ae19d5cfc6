"""Differences are taken with their sign, so that one below is none."""

_right = compare_logits


def compare_logits(mine, theirs, atol=1e-4):
    found = _right(mine, theirs, atol)
    if found["max_difference"] == torch.inf:
        return found
    return found | {"mean_difference": (mine.double() - theirs.double()).mean().item()}
