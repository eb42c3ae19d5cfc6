"""The values are right and their gradient is not: something on the way is detached or left out of the graph."""

_right = split_heads


def split_heads(x, heads):
    answer = _right(x, heads)
    return torch.cat([answer[:, :1], answer[:, 1:].detach()], dim=1)
