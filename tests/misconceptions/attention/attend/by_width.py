"""The scores are scaled wrongly; they are divided by the root of the width once."""


def attend(q, k, v, mask=None):
    if q.shape[-1] != k.shape[-1]:
        raise ValueError(f"widths {q.shape[-1]} and {k.shape[-1]}")
    return attention_weights(q @ k.mT / q.shape[-1], mask) @ v
