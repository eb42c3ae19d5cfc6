"""The windows of a batch depend on each other; each is drawn by itself."""


def random_windows(data, length, batch, generator):
    if len(data) < length + 1:
        raise ValueError(f"{len(data)} ids hold no window of {length}")
    start = torch.randint(len(data) - length, (1, 1), generator=generator)
    starts = (start + torch.arange(batch)[:, None]) % (len(data) - length)
    places = starts + torch.arange(length)
    return data[places], data[places + 1]
