"""Different generators give the same windows: something is seeded inside."""


def random_windows(data, length, batch, generator):
    if len(data) < length + 1:
        raise ValueError(f"{len(data)} ids hold no window of {length}")
    global _own
    if "_own" not in globals() or _own[0] is not generator:
        _own = generator, torch.Generator().manual_seed(0)
    starts = torch.randint(len(data) - length, (batch, 1), generator=_own[1])
    places = starts + torch.arange(length)
    return data[places], data[places + 1]
