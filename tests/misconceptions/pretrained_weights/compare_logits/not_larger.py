"""NaN counts as agreement."""

also = ("A NaN or an infinity leaves a figure that is not inf.",)

_right = compare_logits


def compare_logits(mine, theirs, atol=1e-4):
    found = _right(mine, theirs, atol)
    difference = (mine.double() - theirs.double()).abs()
    found |= {"max_difference": difference.max().item(), "mean_difference": difference.mean().item()}
    return found | {"agree": not found["max_difference"] > atol}
