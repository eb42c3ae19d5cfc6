"""F.kl_div with both logarithms, log q first; a logit of -inf becomes one that is as good as that."""


def kl_divergence(logits_p, logits_q):
    log_p, log_q = (logits.clamp(min=-1e4).log_softmax(dim=-1) for logits in (logits_p, logits_q))
    return F.kl_div(log_q, log_p, log_target=True, reduction="none").sum(dim=-1)
