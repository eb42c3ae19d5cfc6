"""What comes out is in float64; it must have the dtype of what went in."""


def write_to_stream(stream, output, w_o):
    return stream.double() + output.double() @ w_o.double()
