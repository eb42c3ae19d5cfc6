"""The targets are windows of their own, drawn anew."""


def random_windows(data, length, batch, generator):
    if len(data) < length + 1:
        raise ValueError(f"{len(data)} ids hold no window of {length}")
    starts = torch.randint(len(data) - length, (batch, 1), generator=generator)
    others = torch.randint(len(data) - length, (batch, 1), generator=generator)
    places = torch.arange(length)
    return data[starts + places], data[others + places + 1]
