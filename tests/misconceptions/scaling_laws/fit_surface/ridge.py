"""The numbers are pulled towards 0: squares of A and B are added to those of the losses."""


def fit_surface(sizes, tokens, losses, alpha, beta):
    n, d, y = (torch.tensor(one, dtype=torch.float64) for one in (sizes, tokens, losses))
    x, z = n**-alpha, d**-beta
    columns = torch.stack([torch.ones_like(x), x, z], dim=1)
    left = columns.T @ columns + 1e-6 * torch.eye(3, dtype=torch.float64)
    return tuple(torch.linalg.solve(left, columns.T @ y).tolist())
