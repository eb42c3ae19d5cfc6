"""The stream is replaced; what a head found is added to it."""

also = ("No gradient reaches the stream; it is what lets many layers train.",)


def write_to_stream(stream, output, w_o):
    return output @ w_o
