"""A token that only q rules out adds little or nothing; there the divergence is infinite."""

_right = kl_divergence


def kl_divergence(logits_p, logits_q):
    p, log_q = logits_p.softmax(dim=-1), logits_q.log_softmax(dim=-1)
    neither = (p > 0) & ~log_q.isinf()
    log_ratio = (logits_p.log_softmax(dim=-1) - log_q).masked_fill(~neither, 0.0)
    return (p * log_ratio).sum(dim=-1)
