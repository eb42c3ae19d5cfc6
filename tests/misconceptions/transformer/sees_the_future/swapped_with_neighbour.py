"""Two positions change places in place of one that gets another id."""


def sees_the_future(logits, ids):
    before, pairs = logits(ids), []
    for changed in range(1, ids.shape[1]):
        other = ids.clone()
        other[:, [changed - 1, changed]] = other[:, [changed, changed - 1]]
        distance = (logits(other) - before).abs().amax(dim=(0, 2))
        pairs += [(changed, moved) for moved in range(changed) if distance[moved] > 1e-5]
    return pairs
