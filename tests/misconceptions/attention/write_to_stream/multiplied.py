"""They are multiplied; what a head found is added."""


def write_to_stream(stream, output, w_o):
    return stream * (output @ w_o)
