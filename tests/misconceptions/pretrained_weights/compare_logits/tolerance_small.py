"""The tolerance is smaller than 1e-4 where none is given."""

also = (
    "Whether they agree is decided by the argmax alone.",
    "Whether they agree is decided by the argmax as well; only the largest difference decides.",
)

_right = compare_logits


def compare_logits(mine, theirs, atol=1e-5):
    return _right(mine, theirs, atol)
