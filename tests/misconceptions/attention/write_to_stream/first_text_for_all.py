"""What the first text's head found is added to all texts."""


def write_to_stream(stream, output, w_o):
    return stream + output[:1] @ w_o
