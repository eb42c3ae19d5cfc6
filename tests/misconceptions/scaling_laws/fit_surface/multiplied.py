"""Sizes and tokens are divided by the exponents or multiplied, not raised to them."""


def fit_surface(sizes, tokens, losses, alpha, beta):
    n, d, y = (torch.tensor(one, dtype=torch.float64) for one in (sizes, tokens, losses))
    x, z = n**-alpha, d**-beta
    x, z = 1 / (n * alpha), 1 / (d * beta)
    return tuple(torch.linalg.lstsq(torch.stack([torch.ones_like(x), x, z], dim=1), y[:, None]).solution[:, 0].tolist())
