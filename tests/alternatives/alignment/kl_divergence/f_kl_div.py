"""F.kl_div, which wants log q first and p second."""


def kl_divergence(logits_p, logits_q):
    p = logits_p.softmax(dim=-1)
    log_q = logits_q.log_softmax(dim=-1).clamp(min=torch.finfo(logits_q.dtype).min)
    return F.kl_div(log_q, p, reduction="none").sum(dim=-1)
