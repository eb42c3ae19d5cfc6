"""A start is drawn once only; each row is drawn by itself, so two may have the same."""


def random_windows(data, length, batch, generator):
    if len(data) < length + 1:
        raise ValueError(f"{len(data)} ids hold no window of {length}")
    number = len(data) - length
    rounds = [torch.randperm(number, generator=generator) for _ in range(batch // number + 1)]
    starts = torch.cat(rounds)[:batch, None]
    places = starts + torch.arange(length)
    return data[places], data[places + 1]
