"""The targets are two places further; they are one."""


def random_windows(data, length, batch, generator):
    if len(data) < length + 1:
        raise ValueError(f"{len(data)} ids hold no window of {length}")
    starts = torch.randint(max(len(data) - length - 1, 1), (batch, 1), generator=generator)
    places = starts + torch.arange(length)
    return data[places], data[(places + 2).clamp(max=len(data) - 1)]
