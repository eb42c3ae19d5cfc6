"""torch.distributions.kl_divergence of two Categoricals."""


def kl_divergence(logits_p, logits_q):
    from torch import distributions

    return distributions.kl_divergence(
        distributions.Categorical(logits=logits_p), distributions.Categorical(logits=logits_q)
    )
