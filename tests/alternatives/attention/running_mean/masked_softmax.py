"""The attention of scores that are all 0, with the future hidden."""


def running_mean(x):
    scores = torch.zeros(x.shape[1], x.shape[1], dtype=x.dtype)
    future = torch.ones_like(scores).triu(1).bool()
    return torch.einsum("ts,bsd->btd", scores.masked_fill(future, float("-inf")).softmax(dim=-1), x)
