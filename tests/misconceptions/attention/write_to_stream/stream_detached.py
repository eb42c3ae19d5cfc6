"""No gradient reaches the stream; it is what lets many layers train."""


def write_to_stream(stream, output, w_o):
    return stream.detach() + output @ w_o
