"""The logarithms of sizes and tokens are fitted, not their powers."""


def fit_surface(sizes, tokens, losses, alpha, beta):
    n, d, y = (torch.tensor(one, dtype=torch.float64) for one in (sizes, tokens, losses))
    return tuple(
        torch.linalg.lstsq(torch.stack([torch.ones_like(n), n.log(), d.log()], dim=1), y[:, None])
        .solution[:, 0]
        .tolist()
    )
