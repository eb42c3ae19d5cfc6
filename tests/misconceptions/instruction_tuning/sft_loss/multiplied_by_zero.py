"""Losses that do not count are multiplied by 0, not left out, which gives NaN where a logit is infinite."""


def sft_loss(logits, labels):
    targets = labels[:, 1:]
    supervised = (targets != IGNORE_INDEX).float()
    losses = torch.nn.functional.cross_entropy(
        logits[:, :-1].float().transpose(1, 2), targets.clamp(min=0), reduction="none"
    )
    return (losses * supervised).sum() / supervised.sum().clamp(min=1)
