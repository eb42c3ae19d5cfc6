"""Several runs of one size are an error."""

_right = extrapolation_error


def extrapolation_error(sizes, losses):
    if len(set(sizes)) < len(sizes) and len(set(sizes)) > 2:
        raise ValueError("a size is there twice")
    return _right(sizes, losses)
