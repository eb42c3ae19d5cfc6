"""A copy of the stream, added to in place."""


def write_to_stream(stream, output, w_o):
    written = stream.clone()
    written += output @ w_o
    return written
