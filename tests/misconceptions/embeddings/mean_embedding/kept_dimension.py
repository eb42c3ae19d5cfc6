"""The tokens' dimension stays, with size 1; it is gone."""


def mean_embedding(ids, table):
    words = embed(ids, table)  # (B, T, D)
    return words.mean(dim=1, keepdim=True)
