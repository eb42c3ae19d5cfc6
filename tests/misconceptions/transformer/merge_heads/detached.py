"""A gradient that reaches the result doesn't go on into every tensor that was used."""


def merge_heads(x):
    return x.transpose(1, 2).flatten(2).detach()
