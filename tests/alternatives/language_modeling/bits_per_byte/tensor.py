"""A tensor of no dimension is a number, too."""


def bits_per_byte(total_nll, n_bytes):
    if not n_bytes > 0:
        raise ValueError("n_bytes must be positive")
    return torch.tensor(total_nll, dtype=torch.float64) / torch.tensor(2.0, dtype=torch.float64).log() / n_bytes
