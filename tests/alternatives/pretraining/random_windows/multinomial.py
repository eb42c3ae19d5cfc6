"""Starts as draws with replacement from equal weights."""


def random_windows(data, length, batch, generator):
    number = len(data) - length
    if number < 1:
        raise ValueError(f"there is no window of {length} in {len(data)} ids")
    starts = torch.ones(number).multinomial(batch, replacement=True, generator=generator)
    x, y = torch.empty(2, batch, length, dtype=torch.int64)
    for row, start in enumerate(starts.tolist()):
        x[row] = data[start : start + length]
        y[row] = data[start + 1 : start + length + 1]
    return x, y
