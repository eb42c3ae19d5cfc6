"""Some runs count more than others."""


def fit_surface(sizes, tokens, losses, alpha, beta):
    n, d, y = (torch.tensor(one, dtype=torch.float64) for one in (sizes, tokens, losses))
    x, z = n**-alpha, d**-beta
    columns = torch.stack([torch.ones_like(x), x, z], dim=1) / y[:, None]
    return tuple(torch.linalg.lstsq(columns, torch.ones_like(y)[:, None]).solution[:, 0].tolist())
