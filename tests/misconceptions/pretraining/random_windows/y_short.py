"""y is a token too short; each place of x has a target."""


def random_windows(data, length, batch, generator):
    if len(data) < length + 1:
        raise ValueError(f"{len(data)} ids hold no window of {length}")
    starts = torch.randint(len(data) - length, (batch, 1), generator=generator)
    x = data[starts + torch.arange(length)]
    return x, x[:, 1:]
