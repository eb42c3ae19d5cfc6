"""It gives a loss for every position, not their mean."""


def next_token_loss(logits, targets, ignore_index=-100):
    return F.cross_entropy(logits.float().transpose(1, 2), targets, ignore_index=ignore_index, reduction="none")
