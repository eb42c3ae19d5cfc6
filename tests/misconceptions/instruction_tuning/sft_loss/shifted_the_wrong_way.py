"""They are shifted the wrong way: logits[:, 1:] against labels[:, :-1]."""


def sft_loss(logits, labels):
    targets = labels[:, :-1].flatten()
    total = torch.nn.functional.cross_entropy(
        logits[:, 1:].float().flatten(0, 1), targets, ignore_index=IGNORE_INDEX, reduction="sum"
    )
    return total / (targets != IGNORE_INDEX).sum().clamp(min=1)
