"""The mean"""


def mean_embedding(ids, table):
    words = embed(ids, table)  # (B, T, D)
    return words.sum(dim=1) / (words.shape[1] + 1)
