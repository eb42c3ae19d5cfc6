"""A mask of numbers is added; the hidden have a very low score."""


def cached_attention(q, k, v, cache=None):
    keys, values = append_cache(cache, k, v)
    positions = torch.arange(keys.shape[2])
    future = positions > positions[-q.shape[2] :, None]
    bias = torch.zeros(future.shape, dtype=q.dtype).masked_fill(future, torch.finfo(q.dtype).min)
    scores = (q / q.shape[-1] ** 0.5).matmul(keys.mT) + bias
    weights = (scores - scores.logsumexp(dim=-1, keepdim=True)).exp()
    return weights.matmul(values), [keys, values]
