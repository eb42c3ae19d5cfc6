"""The layers are squared as well."""


def block_parameters(width, layers):
    return 12 * (layers * width) ** 2
