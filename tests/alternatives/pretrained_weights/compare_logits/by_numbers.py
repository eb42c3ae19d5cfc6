"""A row at a time, with Python's numbers."""

import math


def compare_logits(mine, theirs, atol=1e-4):
    if tuple(mine.shape) != tuple(theirs.shape):
        raise ValueError(f"{list(mine.shape)} against {list(theirs.shape)}")
    size = mine.shape[-1]
    largest, total, same = 0.0, 0.0, 0
    rows = list(zip(mine.detach().reshape(-1, size).double(), theirs.detach().reshape(-1, size).double(), strict=False))
    for one, other in rows:
        one, other = one.tolist(), other.tolist()
        if not all(map(math.isfinite, [*one, *other])):
            largest = total = math.inf
            continue
        gaps = [abs(a - b) for a, b in zip(one, other, strict=False)]
        largest, total = max(largest, *gaps), total + sum(gaps)
        same += one.index(max(one)) == other.index(max(other))
    return {
        "max_difference": largest,
        "mean_difference": total / (len(rows) * size),
        "same_argmax": same / len(rows),
        "agree": largest <= atol,
    }
