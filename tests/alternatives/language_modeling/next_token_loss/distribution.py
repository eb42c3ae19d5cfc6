"""torch.distributions.Categorical."""

from torch.distributions import Categorical


def next_token_loss(logits, targets, ignore_index=-100):
    kept = targets != ignore_index
    if not kept.any():
        return logits.float()[kept].sum()
    return -Categorical(logits=logits.float()[kept], validate_args=False).log_prob(targets[kept]).mean()
