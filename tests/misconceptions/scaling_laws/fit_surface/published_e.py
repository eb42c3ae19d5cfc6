"""E isn't fitted: the lowest loss or a published number is taken for it."""


def fit_surface(sizes, tokens, losses, alpha, beta):
    n, d, y = (torch.tensor(one, dtype=torch.float64) for one in (sizes, tokens, losses))
    x, z = n**-alpha, d**-beta
    A, B = torch.linalg.lstsq(torch.stack([x, z], dim=1), (y - 1.69)[:, None]).solution[:, 0].tolist()
    return 1.69, A, B
