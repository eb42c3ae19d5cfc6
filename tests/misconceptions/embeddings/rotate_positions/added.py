"""Something is added; vectors are turned."""

_right = rotate_positions


def rotate_positions(x, positions, base=10000.0):
    if x.shape[-1] % 2:
        return _right(x, positions, base)
    return x + _right(torch.tensor([1.0, 0]).repeat(x.shape[-1] // 2).expand_as(x), positions, base).to(x.dtype)
