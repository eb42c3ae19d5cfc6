"""The gradient that goes into the stream is scaled; it goes on unchanged."""


def write_to_stream(stream, output, w_o):
    return stream + output @ w_o - 0.5 * (stream - stream.detach())
