"""Windows are columns; each is a row."""


def random_windows(data, length, batch, generator):
    if len(data) < length + 1:
        raise ValueError(f"{len(data)} ids hold no window of {length}")
    starts = torch.randint(len(data) - length, (batch,), generator=generator)
    places = starts + torch.arange(length)[:, None]
    return data[places], data[places + 1]
