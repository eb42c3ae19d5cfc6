"""Some windows are drawn more often than others."""


def random_windows(data, length, batch, generator):
    if len(data) < length + 1:
        raise ValueError(f"{len(data)} ids hold no window of {length}")
    starts = torch.rand((batch, 1), generator=generator) * (len(data) - length - 1)
    starts = starts.round().long()
    places = starts + torch.arange(length)
    return data[places], data[places + 1]
