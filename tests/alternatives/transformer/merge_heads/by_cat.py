"""The heads, one after the other, put side by side."""


def merge_heads(x):
    return torch.cat([x[:, head] for head in range(x.shape[1])], dim=-1)
