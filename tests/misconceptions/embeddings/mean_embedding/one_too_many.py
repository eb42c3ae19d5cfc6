"""The sum is divided by another number than that of the tokens, one off."""


def mean_embedding(ids, table):
    words = embed(ids, table)  # (B, T, D)
    return words.sum(dim=1) / (words.shape[1] + 1)
