"""All biases are left out."""


def gpt_parameters(vocab, positions, width, layers, tied=True):

    def linear(into: int, out: int) -> int:
        return into * out + out

    counts = {
        "tokens": vocab * width,
        "positions": positions * width,
        "attention": 4 * layers * width**2,
        "feed_forward": 8 * layers * width**2,
        "norms": (2 * layers + 1) * width,
        "output": 0 if tied else vocab * width,
    }
    return {**counts, "total": sum(counts.values())}
