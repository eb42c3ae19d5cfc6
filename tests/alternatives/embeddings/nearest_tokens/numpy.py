"""numpy, a stable argsort of the negative cosines."""

import numpy as np


def nearest_tokens(table, token, k):
    vocab = len(table)
    if not 0 <= token < vocab:
        raise IndexError(token)
    if not 0 <= k < vocab:
        raise ValueError(k)
    rows = table.double().numpy()
    lengths = np.sqrt((rows * rows).sum(axis=1))
    products = lengths * lengths[token]
    near = np.divide(rows @ rows[token], products, out=np.zeros(vocab), where=products > 0)
    order = np.argsort(-near, kind="stable")
    return [int(one) for one in order if one != token][:k]
