"""The cross-entropy of p and q minus the entropy of p."""


def kl_divergence(logits_p, logits_q):
    p = logits_p.softmax(dim=-1)
    cross_entropy = -torch.where(p > 0, p * logits_q.log_softmax(dim=-1), 0.0).sum(dim=-1)
    return cross_entropy - torch.special.entr(p).sum(dim=-1)
