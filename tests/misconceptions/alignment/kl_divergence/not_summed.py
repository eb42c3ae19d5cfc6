"""It does not sum over the vocabulary."""


def kl_divergence(logits_p, logits_q):
    log_p, log_q = logits_p.log_softmax(dim=-1), logits_q.log_softmax(dim=-1)
    p, _q = log_p.exp(), log_q.exp()
    ratio = (log_p - log_q).masked_fill(p == 0, 0.0)
    return p * ratio
