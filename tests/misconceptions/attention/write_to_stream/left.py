"""The stream comes back as it was; what a head found is added to it."""

also = ("No gradient reaches what the head gave.",)


def write_to_stream(stream, output, w_o):
    return stream.clone()
