"""x isn't int64, as the stream is."""


def random_windows(data, length, batch, generator):
    if len(data) < length + 1:
        raise ValueError(f"{len(data)} ids hold no window of {length}")
    starts = torch.randint(len(data) - length, (batch, 1), generator=generator)
    places = starts + torch.arange(length)
    return data[places].int(), data[places + 1].int()
