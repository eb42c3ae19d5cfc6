"""With logits in half precision the loss is computed in half precision; raise them to float32 first."""


def sft_loss(logits, labels):
    targets = labels[:, 1:].flatten()
    total = torch.nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1), targets, reduction="sum")
    return total / (targets != IGNORE_INDEX).sum().clamp(min=1)
