"""PyTorch's own schedulers, asked at one step."""


def learning_rate(step, peak, floor, warmup, total):
    if step < warmup:
        return float(torch.linspace(0, peak, warmup + 1, dtype=torch.float64)[step + 1])
    if step >= total:
        return floor
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=peak)
    optimizer.param_groups[0]["initial_lr"] = peak
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=total - warmup, eta_min=floor)
    cosine.last_epoch = step - warmup
    return cosine._get_closed_form_lr()[0]
