"""What heads found is summed over the tokens so far; each token has its own."""


def write_to_stream(stream, output, w_o):
    return stream + (output @ w_o).cumsum(dim=1)
