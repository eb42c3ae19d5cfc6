"""The network is counted as wide as the stream; it is 4 times as wide."""


def gpt_parameters(vocab, positions, width, layers, tied=True):

    def linear(into: int, out: int) -> int:
        return into * out + out

    counts = {
        "tokens": vocab * width,
        "positions": positions * width,
        "attention": layers * (linear(width, 3 * width) + linear(width, width)),
        "feed_forward": layers * 2 * linear(width, width),
        "norms": (2 * layers + 1) * 2 * width,
        "output": 0 if tied else vocab * width,
    }
    return {**counts, "total": sum(counts.values())}
