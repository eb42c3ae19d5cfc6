"""Everything counts."""


def stored_transposed(name):
    return True
