"""Every weight counts."""


def stored_transposed(name):
    return name.endswith("weight")
