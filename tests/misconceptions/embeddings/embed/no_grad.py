"""No gradient reaches the table; its rows are cut off from it."""

_right = embed


@torch.no_grad()
def embed(ids, table):
    return _right(ids, table)
