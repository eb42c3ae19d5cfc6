"""Each call gives the same windows: the generator that is given is not moved on."""


def random_windows(data, length, batch, generator):
    if len(data) < length + 1:
        raise ValueError(f"{len(data)} ids hold no window of {length}")
    own = torch.Generator().manual_seed(generator.initial_seed())
    starts = torch.randint(len(data) - length, (batch, 1), generator=own)
    places = starts + torch.arange(length)
    return data[places], data[places + 1]
