"""w_o is not used."""


def write_to_stream(stream, output, w_o):
    return stream + output if stream.shape == output.shape else stream + output @ w_o
