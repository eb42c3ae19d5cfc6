"""Where the batches begin anew, the first one is passed over."""

_right = train_sft


def train_sft(model, batches, optimizer, steps):
    def passed_over():
        yield from batches
        while True:
            first, *others = batches
            yield from others or [first]

    return _right(model, passed_over(), optimizer, steps)
