"""Each number of the head's output adds its row of w_o."""


def write_to_stream(stream, output, w_o):
    total = stream
    for number, row in zip(output.unbind(dim=-1), w_o, strict=True):
        total = total + number[..., None] * row
    return total
