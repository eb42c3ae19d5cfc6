"""The scores aren't divided; they grow with the width then."""

also = ("The gradient isn't divided by the root of the width, as the scores are.",)


def attention_scores(q, k):
    if k.shape[-1] != q.shape[-1]:
        raise ValueError(f"widths {q.shape[-1]} and {k.shape[-1]} differ")
    return q @ k.mT
