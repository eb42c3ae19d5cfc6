"""The error for a stream that is too short doesn't name its length and that of a window."""


def random_windows(data, length, batch, generator):
    if len(data) < length + 1:
        raise ValueError("the stream is too short")
    starts = torch.randint(len(data) - length, (batch, 1), generator=generator)
    places = starts + torch.arange(length)
    return data[places], data[places + 1]
