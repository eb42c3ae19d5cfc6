"""The stream is projected too; only what a head found is."""


def write_to_stream(stream, output, w_o):
    return (stream + output) @ w_o if stream.shape == output.shape else stream + output @ w_o
