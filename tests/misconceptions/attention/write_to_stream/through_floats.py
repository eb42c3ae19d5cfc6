"""Numbers are rounded to float32 on the way; compute in the dtype of what went in."""


def write_to_stream(stream, output, w_o):
    return (stream.float() + output.float() @ w_o.float()).to(stream.dtype)
