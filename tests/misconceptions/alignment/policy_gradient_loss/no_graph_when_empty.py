"""Without a response token the loss has no graph, so backward() fails."""


def policy_gradient_loss(logp, advantages, mask):
    per_token = -logp * advantages.detach()
    count = mask.sum().clamp(min=1)
    if mask.sum() == 0:
        return torch.tensor(0.0)
    return (per_token * mask).sum() / count
