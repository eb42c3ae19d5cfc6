"""What comes out has another dtype than what went in."""

_right = group_advantages


def group_advantages(*given):
    return _right(
        *(one.float() if isinstance(one, torch.Tensor) and one.dtype != torch.int64 else one for one in given)
    )
