"""The cross-entropy of p and q minus the entropy of p, of the tokens that p allows."""


def kl_divergence(logits_p, logits_q):
    log_p, log_q = logits_p.log_softmax(dim=-1), logits_q.log_softmax(dim=-1)
    p = log_p.exp()
    allowed = p > 0
    cross_entropy = -(p * torch.where(allowed, log_q, 0.0)).sum(dim=-1)
    entropy = -(p * torch.where(allowed, log_p, 0.0)).sum(dim=-1)
    return cross_entropy - entropy
