"""All rows are the same window; each has its own."""


def random_windows(data, length, batch, generator):
    if len(data) < length + 1:
        raise ValueError(f"{len(data)} ids hold no window of {length}")
    start = torch.randint(len(data) - length, (1, 1), generator=generator)
    starts = start.expand(batch, 1)
    places = starts + torch.arange(length)
    return data[places], data[places + 1]
