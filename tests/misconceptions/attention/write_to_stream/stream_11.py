"""The stream is scaled; it must be kept as it is."""


def write_to_stream(stream, output, w_o):
    return 1.1 * stream + output @ w_o
