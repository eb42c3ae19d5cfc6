"""The mean is taken over everything; each text has its own."""


def mean_embedding(ids, table):
    words = embed(ids, table)  # (B, T, D)
    return words.mean(dim=(0, 1))
