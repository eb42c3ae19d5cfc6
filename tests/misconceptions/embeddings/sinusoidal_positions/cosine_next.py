"""Sine and cosine of a pair have different frequencies; the pair shares one."""


def sinusoidal_positions(length, width, base=10000.0):
    if width % 2:
        raise ValueError(f"width={width} is odd")
    t, i = torch.arange(length).double()[:, None], torch.arange(width // 2).double()
    angles = t / base ** (2 * i / width)
    return torch.stack([angles.sin(), (t / base ** ((2 * i + 1) / width)).cos()], dim=-1).flatten(1).float()
