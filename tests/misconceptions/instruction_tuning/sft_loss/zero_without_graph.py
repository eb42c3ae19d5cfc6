"""Where nothing is supervised the loss is a 0 without a graph, so backward() fails."""

_right = sft_loss


def sft_loss(logits, labels):
    if (labels[:, 1:] == IGNORE_INDEX).all():
        return torch.tensor(0.0)
    return _right(logits, labels)
