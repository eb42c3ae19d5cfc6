"""A stream that holds no window raises ValueError without a message; say why."""


def random_windows(data, length, batch, generator):
    if len(data) < length + 1:
        raise ValueError
    starts = torch.randint(len(data) - length, (batch, 1), generator=generator)
    places = starts + torch.arange(length)
    return data[places], data[places + 1]
