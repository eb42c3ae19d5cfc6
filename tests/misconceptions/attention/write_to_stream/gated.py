"""A nonlinearity is put on what is added; it must be added as it is."""


def write_to_stream(stream, output, w_o):
    return stream + (output @ w_o) * (output @ w_o).sigmoid()
