"""Id 0 is taken for padding; it is a token like any other."""


def mean_embedding(ids, table):
    words = embed(ids, table)  # (B, T, D)
    kept = (ids != 0)[..., None]
    return (words * kept).sum(dim=1) / kept.sum(dim=1).clamp(min=1)
