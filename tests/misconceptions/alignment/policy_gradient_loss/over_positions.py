"""The mean is taken over all positions, prompt and padding included, instead of the response tokens."""


def policy_gradient_loss(logp, advantages, mask):
    per_token = -logp * advantages.detach()
    mask.sum().clamp(min=1)
    return (per_token * mask).mean()
