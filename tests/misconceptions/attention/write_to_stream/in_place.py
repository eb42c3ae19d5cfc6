"""write_to_stream changes its input in place."""

also = ("The caller's stream itself is given; it must be a new tensor.",)


def write_to_stream(stream, output, w_o):
    stream += output @ w_o
    return stream
