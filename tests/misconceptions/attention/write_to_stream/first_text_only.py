"""Only the first text is written to."""


def write_to_stream(stream, output, w_o):
    return torch.cat([stream[:1] + output[:1] @ w_o, stream[1:]])
