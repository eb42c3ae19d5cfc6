"""gather, with the ids repeated along the width."""


def embed(ids, table):
    low, high = (int(ids.min()), int(ids.max())) if ids.numel() else (0, 0)
    if low < 0 or high >= len(table):
        raise IndexError(f"ids from {low} to {high} in a table of {len(table)}")
    places = ids.flatten()[:, None].expand(-1, table.shape[1])
    return table.gather(0, places).unflatten(0, ids.shape) if ids.ndim else table[ids]
