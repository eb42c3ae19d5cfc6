"""The mean is taken over the width; it is taken over the tokens."""


def mean_embedding(ids, table):
    words = embed(ids, table)  # (B, T, D)
    return words.mean(dim=2)
