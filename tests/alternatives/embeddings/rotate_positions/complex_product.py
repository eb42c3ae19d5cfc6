"""Pairs as complex numbers, times a number of length 1."""


def rotate_positions(x, positions, base=10000.0):
    if x.shape[-1] % 2:
        raise ValueError(f"{x.shape[-1]} columns")
    width = x.shape[-1]
    slow = base ** (-torch.arange(width // 2).double() * 2 / width)
    angles = positions.double()[:, None] * slow
    hands = torch.view_as_complex(x.double().unflatten(-1, (-1, 2)).contiguous())
    return torch.view_as_real(hands * torch.polar(torch.ones_like(angles), angles)).flatten(-2).to(x.dtype)
