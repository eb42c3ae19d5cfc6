"""All pairs turn equally fast; each has a frequency of its own."""


def sinusoidal_positions(length, width, base=10000.0):
    if width % 2:
        raise ValueError(f"width={width} is odd")
    t, i = torch.arange(length).double()[:, None], torch.arange(width // 2).double()
    angles = t + 0 * i
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1).float()
