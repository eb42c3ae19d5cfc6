"""Where the batches begin anew, the first one is passed over."""

_right = train_sft


def train_sft(model, batches, optimizer, steps):
    class Once:
        begun = False

        def __iter__(self):
            iterator = iter(batches)
            if self.begun:
                next(iterator)
            self.begun = True
            return iterator

    return _right(model, Once(), optimizer, steps)
