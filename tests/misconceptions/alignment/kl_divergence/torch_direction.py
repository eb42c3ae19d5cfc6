"""The direction is wrong: this is KL(q ‖ p)."""


def kl_divergence(logits_p, logits_q):
    return F.kl_div(logits_p.log_softmax(-1), logits_q.log_softmax(-1), reduction="none", log_target=True).sum(-1)
