"""The tolerance grows with the logits, as that of allclose does; it is atol alone."""

also = (
    "The tolerance is larger than 1e-4 where none is given.",
    "NaN counts as agreement.",
)

_right = compare_logits


def compare_logits(mine, theirs, atol=1e-4):
    found = _right(mine, theirs, atol)
    return found | {"agree": torch.allclose(mine.double(), theirs.double(), rtol=1e-3, atol=atol)}
