"""Id 0 is taken for padding; it is a token like any other."""


def mean_embedding(ids, table):
    words = embed(ids, table)  # (B, T, D)
    return (words * (ids != 0)[..., None]).mean(dim=1)
