"""A window goes beyond the end and on from the beginning."""


def random_windows(data, length, batch, generator):
    if len(data) < length + 1:
        raise ValueError(f"{len(data)} ids hold no window of {length}")
    starts = torch.randint(len(data), (batch, 1), generator=generator)
    places = starts + torch.arange(length)
    return data[places % len(data)], data[(places + 1) % len(data)]
