"""The number of rows is not the batch that was asked for."""


def random_windows(data, length, batch, generator):
    if len(data) < length + 1:
        raise ValueError(f"{len(data)} ids hold no window of {length}")
    starts = torch.randint(len(data) - length, (batch + 1, 1), generator=generator)
    places = starts + torch.arange(length)
    return data[places], data[places + 1]
