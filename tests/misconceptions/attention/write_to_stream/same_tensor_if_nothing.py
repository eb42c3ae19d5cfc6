"""The caller's stream itself is given; it must be a new tensor."""

also = ("No gradient reaches what the head gave.",)


def write_to_stream(stream, output, w_o):
    return stream if not output.any() else stream + output @ w_o
