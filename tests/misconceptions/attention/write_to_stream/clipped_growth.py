"""What is added is cut to a length; it must be added as it is."""


def write_to_stream(stream, output, w_o):
    added = output @ w_o
    return stream + added * (10 / added.norm(dim=-1, keepdim=True).clamp(min=10))
