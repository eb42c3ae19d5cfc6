"""A stream that holds no window must raise ValueError."""


def random_windows(data, length, batch, generator):
    assert len(data) > length, f"{len(data)} ids hold no window of {length}"
    starts = torch.randint(len(data) - length, (batch, 1), generator=generator)
    places = starts + torch.arange(length)
    return data[places], data[places + 1]
