"""The last window is never drawn; its last target is the last id of the stream."""


def random_windows(data, length, batch, generator):
    if len(data) < length + 1:
        raise ValueError(f"{len(data)} ids hold no window of {length}")
    last = max(len(data) - length - 1, 1)
    starts = torch.randint(last, (batch, 1), generator=generator)
    places = starts + torch.arange(length)
    return data[places], data[places + 1]
