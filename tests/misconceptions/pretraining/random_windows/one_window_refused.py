"""A stream that is long enough is refused."""


def random_windows(data, length, batch, generator):
    if len(data) < length + 2:
        raise ValueError(f"{len(data)} ids hold no window of {length}")
    starts = torch.randint(len(data) - length, (batch, 1), generator=generator)
    places = starts + torch.arange(length)
    return data[places], data[places + 1]
