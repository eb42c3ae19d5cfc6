"""Angles are computed in 16 bits, which can't tell far positions apart."""


def sinusoidal_positions(length, width, base=10000.0):
    if width % 2:
        raise ValueError(f"width={width} is odd")
    t, i = torch.arange(length).half().double()[:, None], torch.arange(width // 2).double()
    angles = t / base ** (2 * i / width)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1).float()
