"""Dimensions of size 1 are dropped; they must stay."""


def write_to_stream(stream, output, w_o):
    return (stream + output @ w_o).squeeze()
