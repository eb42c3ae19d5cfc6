"""E is left out of the fit."""


def fit_surface(sizes, tokens, losses, alpha, beta):
    n, d, y = (torch.tensor(one, dtype=torch.float64) for one in (sizes, tokens, losses))
    x, z = n**-alpha, d**-beta
    A, B = torch.linalg.lstsq(torch.stack([x, z], dim=1), y[:, None]).solution[:, 0].tolist()
    return 0.0, A, B
