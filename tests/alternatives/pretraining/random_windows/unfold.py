"""All windows as a view, of which rows are picked, one number drawn at a time."""


def random_windows(data, length, batch, generator):
    if data.shape[0] < length + 1:
        raise ValueError(f"N={data.shape[0]} is too short for T={length}")
    every = data.unfold(0, length + 1, 1)
    rows = [int(torch.rand((), generator=generator, dtype=torch.float64) * len(every)) for _ in range(batch)]
    windows = every[rows]
    return windows[:, :-1].contiguous(), windows[:, 1:].contiguous()
