"""What heads found is averaged over the tokens; each token has its own."""


def write_to_stream(stream, output, w_o):
    return stream + (output @ w_o).mean(dim=1, keepdim=True)
