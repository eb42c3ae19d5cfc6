"""What a head found is taken off; it is added."""


def write_to_stream(stream, output, w_o):
    return stream - output @ w_o
