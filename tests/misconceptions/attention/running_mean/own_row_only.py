"""The gradient goes to the row itself alone; each mean holds the rows before it too."""


def running_mean(x):
    rows, total = [], torch.zeros_like(x[:, 0])
    for t in range(x.shape[1]):
        total = total.detach() + x[:, t]
        rows.append(total / (t + 1))
    return torch.stack(rows, dim=1)
