"""A difference of exactly atol doesn't agree; at most atol does."""

also = (
    "The tolerance that is given is not used.",
    "Whether they agree is decided by the argmax alone.",
    "Whether they agree is decided by the argmax as well; only the largest difference decides.",
)

_right = compare_logits


def compare_logits(mine, theirs, atol=1e-4):
    found = _right(mine, theirs, atol)
    return found | {"agree": found["max_difference"] < atol}
