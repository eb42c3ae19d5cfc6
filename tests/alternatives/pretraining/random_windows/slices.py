"""A loop of slices, as nanoGPT has it."""


def random_windows(data, length, batch, generator):
    if data.numel() <= length:
        raise ValueError(f"data of {data.numel()} ids is too short for windows of {length}")
    starts = torch.randint(len(data) - length, (batch,), generator=generator)
    x = torch.stack([data[start : start + length] for start in starts])
    y = torch.stack([data[start + 1 : start + 1 + length] for start in starts])
    return x, y
