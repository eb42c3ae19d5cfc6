"""Few positions are an error; none at all are legal."""

_right = sinusoidal_positions


def sinusoidal_positions(length, width, base=10000.0):
    return torch.stack(list(_right(length, width, base)))
