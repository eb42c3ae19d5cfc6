"""The biases of the linear maps count as well."""


def stored_transposed(name):
    return ".c_" in name
