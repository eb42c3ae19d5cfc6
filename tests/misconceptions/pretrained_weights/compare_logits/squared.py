"""Differences are squared."""

_right = compare_logits


def compare_logits(mine, theirs, atol=1e-4):
    found = _right(mine, theirs, atol)
    return (
        found | {"mean_difference": ((mine.double() - theirs.double()) ** 2).mean().item()}
        if found["max_difference"] < torch.inf
        else found
    )
