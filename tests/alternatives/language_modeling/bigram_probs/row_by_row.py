"""Row by row in plain Python."""


def bigram_probs(counts, smoothing=0.0):
    if smoothing < 0:
        raise ValueError(f"{smoothing} is below 0")
    rows = []
    for row in counts.tolist():
        total = sum(row) + len(row) * smoothing
        rows.append([(one + smoothing) / total for one in row] if total > 0 else [1 / len(row)] * len(row))
    return torch.tensor(rows, dtype=torch.float32)
