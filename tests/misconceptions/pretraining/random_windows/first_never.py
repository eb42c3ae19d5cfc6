"""The first window is never drawn."""


def random_windows(data, length, batch, generator):
    if len(data) < length + 1:
        raise ValueError(f"{len(data)} ids hold no window of {length}")
    first = min(1, len(data) - length - 1)
    starts = torch.randint(first, len(data) - length, (batch, 1), generator=generator)
    places = starts + torch.arange(length)
    return data[places], data[places + 1]
