"""Only attention is looked at."""


def stored_transposed(name):
    return ".attn." in name and name.endswith("weight")
