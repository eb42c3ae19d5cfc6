"""The fourth root on either side."""


def attention_scores(q, k):
    d_q, d_k = q.shape[-1], k.shape[-1]
    if d_q != d_k:
        raise ValueError(f"{d_q} is not {d_k}")
    return (q * d_q**-0.25) @ (k * d_k**-0.25).transpose(-2, -1)
