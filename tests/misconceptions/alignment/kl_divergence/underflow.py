"""A token that q finds nearly impossible is taken for one that it rules out."""

_right = kl_divergence


def kl_divergence(logits_p, logits_q):
    return _right(logits_p, logits_q.masked_fill(logits_q.softmax(dim=-1) == 0, -torch.inf))
