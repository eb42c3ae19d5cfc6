"""q is kept above a floor before its logarithm is taken; log_softmax needs none."""

also = ("A token that only q rules out adds little or nothing; there the divergence is infinite.",)  # it adds little


def kl_divergence(logits_p, logits_q):
    log_p, q = logits_p.log_softmax(dim=-1), logits_q.softmax(dim=-1)
    p = log_p.exp()
    log_q = torch.where(q < 1e-12, q * 0 - 27.6, q.clamp(min=1e-12).log())
    return (p * (log_p - log_q).masked_fill(p == 0, 0.0)).sum(dim=-1)
