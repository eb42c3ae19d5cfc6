"""The sum is halved; it must come out as it is."""


def write_to_stream(stream, output, w_o):
    return (stream + output @ w_o) / 2
