"""x is a token too long: it holds the last target, too."""


def random_windows(data, length, batch, generator):
    if len(data) < length + 1:
        raise ValueError(f"{len(data)} ids hold no window of {length}")
    starts = torch.randint(len(data) - length, (batch, 1), generator=generator)
    x = data[starts + torch.arange(length + 1)]
    return x, x[:, 1:]
