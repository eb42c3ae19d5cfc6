"""The mean is one of the largest differences of the places."""

_right = compare_logits


def compare_logits(mine, theirs, atol=1e-4):
    found = _right(mine, theirs, atol)
    largest = (mine.double() - theirs.double()).abs().amax(-1)
    return found | {"mean_difference": largest.mean().item()} if found["max_difference"] < torch.inf else found
