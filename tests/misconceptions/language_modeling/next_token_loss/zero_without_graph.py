"""Where no target is kept the loss is a 0 without a graph, so that backward() fails."""

_right = next_token_loss


def next_token_loss(logits, targets, ignore_index=-100):
    if (targets == ignore_index).all():
        return torch.tensor(0.0)
    return _right(logits, targets, ignore_index)
