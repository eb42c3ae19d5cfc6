"""The argmax is taken along another dimension than the vocabulary."""

also = (
    "same_argmax compares the smallest logits.",
    "same_argmax is a count, not a share.",
    "same_argmax looks at the last place only.",
)

_right = compare_logits


def compare_logits(mine, theirs, atol=1e-4):
    found = _right(mine, theirs, atol)
    if mine.ndim > 1:
        found["same_argmax"] = (mine.argmax(-2) == theirs.argmax(-2)).double().mean().item()
    return found
