"""The terms are fitted one after the other; they share what they explain."""


def fit_surface(sizes, tokens, losses, alpha, beta):
    n, d, y = (torch.tensor(one, dtype=torch.float64) for one in (sizes, tokens, losses))
    x, z = n**-alpha, d**-beta
    E, B = torch.linalg.lstsq(torch.stack([torch.ones_like(x), z], dim=1), y[:, None]).solution[:, 0].tolist()
    more, A = (
        torch.linalg.lstsq(torch.stack([torch.ones_like(x), x], dim=1), (y - E - B * z)[:, None])
        .solution[:, 0]
        .tolist()
    )
    return E + more, A, B
