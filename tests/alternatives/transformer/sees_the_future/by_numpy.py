"""numpy, and every other id."""


def sees_the_future(logits, ids):
    import numpy as np

    before = logits(ids).detach().numpy()
    pairs = []
    for changed in range(ids.shape[1]):
        moved = np.zeros(ids.shape[1], dtype=bool)
        for step in range(1, before.shape[-1]):
            step_ids = ids.detach().clone()
            step_ids[:, changed] += step
            step_ids[:, changed] %= before.shape[-1]
            after = logits(step_ids).detach().numpy()
            moved |= (np.abs(after - before) > 1e-5).any(axis=(0, 2))
        pairs.extend((changed, int(one)) for one in np.flatnonzero(moved[:changed]))
    return pairs
