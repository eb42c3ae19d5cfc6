"""A cosine is a sine a quarter turn on."""


def sinusoidal_positions(length, width, base=10000.0):
    if width % 2:
        raise ValueError(f"{width=}")
    columns = torch.arange(width)
    slow = base ** (columns.div(2, rounding_mode="floor") * 2 / width).double()
    quarter = (columns % 2) * torch.pi / 2
    return (torch.arange(length).double()[:, None] / slow + quarter).sin().float()
