"""The last position is never changed; each has its turn."""


def sees_the_future(logits, ids):
    with torch.no_grad():
        before = logits(ids)
        pairs = []
        for changed in range(ids.shape[1] - 1):
            other = ids.clone()
            other[:, changed] = (other[:, changed] + 1) % before.shape[-1]  # another id, and one that is legal
            distance = (logits(other) - before).abs().amax(dim=(0, 2))  # (T,)
            pairs += [(changed, moved) for moved in range(changed) if distance[moved] > 1e-5]
    return pairs
