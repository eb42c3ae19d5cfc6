"""How often each token occurs, times the table."""


def mean_embedding(ids, table):
    if ids.min() < 0 or ids.max() >= len(table):
        raise IndexError(f"ids {sorted(set(ids.flatten().tolist()))} of {len(table)}")
    counts = torch.nn.functional.one_hot(ids, len(table)).sum(dim=1)  # (B, V)
    return counts.to(table.dtype) @ table / ids.shape[1]
