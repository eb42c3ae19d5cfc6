"""F.normalize, and the token itself set to minus infinity."""


def nearest_tokens(table, token, k):
    if token not in range(len(table)):
        raise IndexError(f"no token {token}")
    if k not in range(len(table)):
        raise ValueError(f"{k} neighbours of {len(table) - 1}")
    unit = torch.nn.functional.normalize(table, dim=1)
    near = (unit * unit[token]).sum(dim=1)
    near[token] = -torch.inf
    return torch.sort(near, descending=True, stable=True).indices[:k].tolist()
