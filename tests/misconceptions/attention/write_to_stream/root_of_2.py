"""The sum is scaled; it must come out as it is."""


def write_to_stream(stream, output, w_o):
    return (stream + output @ w_o) * 0.5**0.5
