"""Each pair is a complex number of length 1."""


def sinusoidal_positions(length, width, base=10000.0):
    if width % 2 != 0:
        raise ValueError(f"{width} columns can't be paired")
    slow = torch.pow(
        torch.tensor(base, dtype=torch.float64), -torch.arange(width // 2, dtype=torch.float64) * 2 / width
    )
    hands = torch.polar(
        torch.ones(length, width // 2, dtype=torch.float64), torch.outer(torch.arange(length).double(), slow)
    )
    return torch.view_as_real(hands).flip(-1).reshape(length, width).to(torch.float32)
