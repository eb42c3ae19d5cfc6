"""The exponent is halved; it is 2i / width, with i counted in pairs."""


def sinusoidal_positions(length, width, base=10000.0):
    if width % 2:
        raise ValueError(f"width={width} is odd")
    t, i = torch.arange(length).double()[:, None], torch.arange(width // 2).double()
    angles = t / base ** (i / width)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1).float()
