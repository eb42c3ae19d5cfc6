"""Only windows that lie side by side are drawn; one may begin anywhere."""


def random_windows(data, length, batch, generator):
    if len(data) < length + 1:
        raise ValueError(f"{len(data)} ids hold no window of {length}")
    starts = length * torch.randint((len(data) - 1) // length, (batch, 1), generator=generator)
    places = starts + torch.arange(length)
    return data[places], data[places + 1]
