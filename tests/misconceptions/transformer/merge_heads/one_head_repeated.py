"""One head stands in the place of all."""


def merge_heads(x):
    return x[:, 0].repeat(1, 1, x.shape[1])
