"""Text and batch have changed places."""


def merge_heads(x):
    return x.transpose(1, 2).flatten(2).transpose(0, 1)
