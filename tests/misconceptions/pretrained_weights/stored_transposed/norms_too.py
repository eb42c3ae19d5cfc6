"""Every weight of a block counts, the gains of its norms as well."""


def stored_transposed(name):
    return name.startswith("h.") and name.endswith("weight")
