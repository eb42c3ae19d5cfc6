"""What comes out is in float32; it must have the dtype of what went in."""


def write_to_stream(stream, output, w_o):
    return stream.float() + output.float() @ w_o.float()
