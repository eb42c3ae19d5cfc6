"""The log-probability of a Bernoulli distribution."""


def preference_loss(chosen, rejected, margin=None):
    if chosen.shape != rejected.shape:
        raise ValueError(f"shapes differ: {chosen.shape} and {rejected.shape}")
    margin = 0.0 if margin is None else margin
    wins = torch.distributions.Bernoulli(logits=chosen - rejected - margin)
    return -wins.log_prob(torch.ones_like(chosen)).mean()
