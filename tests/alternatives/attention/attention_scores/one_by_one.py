"""All products, and their sum."""


def attention_scores(q, k):
    if q.shape[-1] != k.shape[-1]:
        raise ValueError(f"widths of {q.shape[-1]} and {k.shape[-1]} don't go together")
    return (q.unsqueeze(-2) * k.unsqueeze(-3)).sum(dim=-1) / q.shape[-1] ** 0.5
