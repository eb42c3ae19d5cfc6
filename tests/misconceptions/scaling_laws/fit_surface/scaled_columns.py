"""The columns are scaled for the fit, and the factors aren't scaled back."""


def fit_surface(sizes, tokens, losses, alpha, beta):
    n, d, y = (torch.tensor(one, dtype=torch.float64) for one in (sizes, tokens, losses))
    x, z = n**-alpha, d**-beta
    return tuple(
        torch.linalg.lstsq(torch.stack([torch.ones_like(x), x / x.max(), z / z.max()], dim=1), y[:, None])
        .solution[:, 0]
        .tolist()
    )
