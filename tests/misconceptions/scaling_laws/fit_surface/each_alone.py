"""Each term is fitted as if the other weren't there."""


def fit_surface(sizes, tokens, losses, alpha, beta):
    n, d, y = (torch.tensor(one, dtype=torch.float64) for one in (sizes, tokens, losses))
    x, z = n**-alpha, d**-beta
    E, A = torch.linalg.lstsq(torch.stack([torch.ones_like(x), x], dim=1), y[:, None]).solution[:, 0].tolist()
    _, B = torch.linalg.lstsq(torch.stack([torch.ones_like(x), z], dim=1), y[:, None]).solution[:, 0].tolist()
    return E, A, B
