"""numpy's least squares."""

import numpy as np


def fit_surface(sizes, tokens, losses, alpha, beta):
    sizes, tokens = np.array(sizes, dtype=float), np.array(tokens, dtype=float)
    columns = np.column_stack([np.ones(len(sizes)), sizes**-alpha, tokens**-beta])
    return tuple(float(one) for one in np.linalg.lstsq(columns, np.array(losses, dtype=float), rcond=None)[0])
