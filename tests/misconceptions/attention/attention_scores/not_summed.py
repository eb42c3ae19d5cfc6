"""The numbers are multiplied one by one and not summed."""


def attention_scores(q, k):
    if k.shape[-1] != q.shape[-1]:
        raise ValueError(f"widths {q.shape[-1]} and {k.shape[-1]} differ")
    if q.shape == k.shape:
        return q * k / q.shape[-1] ** 0.5
    return q @ k.mT / q.shape[-1] ** 0.5
