"""A token with p = 0 makes a gradient NaN; such a token adds nothing."""


def kl_divergence(logits_p, logits_q):
    log_p, log_q = logits_p.log_softmax(dim=-1), logits_q.log_softmax(dim=-1)
    return torch.nan_to_num(log_p.exp() * (log_p - log_q)).sum(dim=-1)
