"""No gradient reaches w_o."""


def write_to_stream(stream, output, w_o):
    return stream + output @ w_o.detach()
