"""Only the feed-forward network is looked at."""


def stored_transposed(name):
    return ".mlp." in name and name.endswith("weight")
