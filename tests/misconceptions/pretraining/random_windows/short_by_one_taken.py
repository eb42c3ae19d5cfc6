"""A stream that holds no window must raise ValueError."""


def random_windows(data, length, batch, generator):
    if len(data) < length:
        raise ValueError(f"{len(data)} ids hold no window of {length}")
    starts = torch.randint(max(len(data) - length, 1), (batch, 1), generator=generator)
    places = starts + torch.arange(length)
    return data[places], data[(places + 1).clamp(max=len(data) - 1)]
