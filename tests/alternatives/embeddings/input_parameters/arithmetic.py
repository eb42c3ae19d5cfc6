"""One table for both ends, or two."""


def input_parameters(vocab, positions, width, tied=True):
    output = (1 - tied) * vocab * width
    return dict(
        total=(vocab + positions) * width + output, output=output, positions=positions * width, tokens=vocab * width
    )
