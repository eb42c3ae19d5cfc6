"""The ValueError has no message; it has to say what is wrong."""

_right = compare_logits


def compare_logits(mine, theirs, atol=1e-4):
    try:
        return _right(mine, theirs, atol)
    except ValueError:
        raise ValueError from None
