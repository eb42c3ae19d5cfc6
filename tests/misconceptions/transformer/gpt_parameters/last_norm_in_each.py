"""The last norm is counted in every block."""


def gpt_parameters(vocab, positions, width, layers, tied=True):

    def linear(into: int, out: int) -> int:
        return into * out + out

    counts = {
        "tokens": vocab * width,
        "positions": positions * width,
        "attention": layers * (linear(width, 3 * width) + linear(width, width)),
        "feed_forward": layers * (linear(width, 4 * width) + linear(4 * width, width)),
        "norms": 3 * layers * 2 * width,
        "output": 0 if tied else vocab * width,
    }
    return {**counts, "total": sum(counts.values())}
