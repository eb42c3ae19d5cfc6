"""The text is cut in place of being changed."""


def sees_the_future(logits, ids):
    before, pairs = logits(ids), []
    for changed in range(1, ids.shape[1]):
        distance = (logits(ids[:, :changed]) - before[:, :changed]).abs().amax(dim=(0, 2))
        pairs += [(changed, moved) for moved in range(changed) if distance[moved] > 1e-5]
    return pairs
