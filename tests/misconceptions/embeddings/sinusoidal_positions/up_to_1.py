"""The exponents go up to 1; the last one is (width - 2) / width."""


def sinusoidal_positions(length, width, base=10000.0):
    if width % 2:
        raise ValueError(f"width={width} is odd")
    t, i = torch.arange(length).double()[:, None], torch.arange(width // 2).double()
    angles = t / base ** (i / max(1, width // 2 - 1))
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1).float()
