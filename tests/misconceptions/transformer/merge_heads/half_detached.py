"""The values are right and their gradient is not: something on the way is detached or left out of the graph."""

_right = merge_heads


def merge_heads(x):
    return _right(torch.cat([x[:, :1].detach(), x[:, 1:]], dim=1))
