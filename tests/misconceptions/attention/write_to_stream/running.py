"""The stream of three texts"""


def write_to_stream(stream, output, w_o):
    return stream + (output @ w_o).cumsum(dim=1)
