"""A number below 0 isn't let be."""

_right = fit_surface


def fit_surface(sizes, tokens, losses, alpha, beta):
    E, A, B = _right(sizes, tokens, losses, alpha, beta)
    if B >= 0:
        return E, A, B
    n, y = torch.tensor(sizes, dtype=torch.float64), torch.tensor(losses, dtype=torch.float64)
    columns = torch.stack([torch.ones_like(n), n**-alpha], dim=1)
    E, A = torch.linalg.lstsq(columns, y[:, None]).solution[:, 0].tolist()
    return E, A, 0.0
