"""No gradient reaches the table; its rows are cut off from it."""

_right = embed


def embed(ids, table):
    rows = _right(ids, table)
    return (
        torch.stack([torch.tensor(table[one].tolist(), dtype=table.dtype) for one in ids.flatten()]).view(
            *ids.shape, -1
        )
        if ids.numel()
        else rows
    )
