"""numpy's searchsorted among the midpoints, in fp64."""


def nf4_quantize(w, block_size=64):
    import numpy as np

    if block_size < 1:
        raise ValueError("pass a block_size of 1 or more")
    numbers = w.detach().double().flatten().numpy()
    levels = np.array(NF4_LEVELS)
    starts = np.arange(0, len(numbers), block_size)
    absmax = np.maximum.reduceat(np.abs(numbers), starts) if len(starts) else np.zeros(0)
    divisor = np.repeat(np.where(absmax == 0, 1.0, absmax), block_size)[: len(numbers)]
    codes = np.searchsorted((levels[1:] + levels[:-1]) / 2, numbers / divisor)
    pairs = np.resize(np.append(codes, 0), (len(codes) + 1) // 2 * 2).reshape(-1, 2)
    return torch.from_numpy((pairs @ [16, 1]).astype("uint8")), torch.from_numpy(absmax.astype("float32"))
