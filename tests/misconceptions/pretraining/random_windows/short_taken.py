"""A stream that holds no window must raise ValueError."""


def random_windows(data, length, batch, generator):
    starts = torch.randint(max(len(data) - length, 1), (batch, 1), generator=generator)
    places = starts + torch.arange(length)
    return data[places.clamp(max=len(data) - 1)], data[(places + 1).clamp(max=len(data) - 1)]
