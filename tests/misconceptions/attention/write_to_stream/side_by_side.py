"""The two stand side by side; they are added."""


def write_to_stream(stream, output, w_o):
    return torch.cat([stream, output @ w_o], dim=-1)
