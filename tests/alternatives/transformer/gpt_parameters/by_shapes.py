"""The shapes of all tensors, by name."""


def gpt_parameters(vocab, positions, width, layers, tied=True):
    shapes = {
        "attention": [(width, 3 * width), (3 * width,), (width, width), (width,)],
        "feed_forward": [(width, 4 * width), (4 * width,), (4 * width, width), (width,)],
        "norms": [(2, width)] * 2,
    }
    found = {name: layers * sum(map(math.prod, some)) for name, some in shapes.items()}
    found["norms"] += 2 * width
    found |= {"tokens": vocab * width, "positions": positions * width, "output": (not tied) * vocab * width}
    return dict(found, total=sum(found.values()))
