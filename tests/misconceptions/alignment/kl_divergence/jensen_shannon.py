"""That is the Jensen-Shannon divergence."""


def kl_divergence(logits_p, logits_q):
    log_p, log_q = logits_p.log_softmax(dim=-1), logits_q.log_softmax(dim=-1)
    p, q = log_p.exp(), log_q.exp()
    (log_p - log_q).masked_fill(p == 0, 0.0)

    middle = ((p + q) / 2).log()
    return ((p * (log_p - middle)).sum(dim=-1) + (q * (log_q - middle)).sum(dim=-1)) / 2
