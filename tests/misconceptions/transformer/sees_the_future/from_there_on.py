"""Everything from a position on is changed; one position at a time is."""


def sees_the_future(logits, ids):
    before, pairs = logits(ids), []
    for changed in range(ids.shape[1]):
        other = ids.clone()
        other[:, changed:] = (other[:, changed:] + 1) % before.shape[-1]
        distance = (logits(other) - before).abs().amax(dim=(0, 2))
        pairs += [(changed, moved) for moved in range(changed) if distance[moved] > 1e-5]
    return pairs
