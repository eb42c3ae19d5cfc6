"""Everything in a block counts."""


def stored_transposed(name):
    return name.startswith("h.")
