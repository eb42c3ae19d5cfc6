"""The heads stand one after the other in the text; they stand side by side in the width."""


def merge_heads(x):
    return x.flatten(1, 2)
