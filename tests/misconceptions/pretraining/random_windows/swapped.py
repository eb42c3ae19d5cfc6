"""The targets are one place before the inputs; they are one further."""

also = ("A window begins so late that its last place has no target.",)


def random_windows(data, length, batch, generator):
    if len(data) < length + 1:
        raise ValueError(f"{len(data)} ids hold no window of {length}")
    starts = torch.randint(len(data) - length, (batch, 1), generator=generator)
    places = starts + torch.arange(length)
    return data[places + 1], data[places]
