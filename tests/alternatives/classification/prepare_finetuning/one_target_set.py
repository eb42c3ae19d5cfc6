"""First the set of what is to be trained, then one pass over all flags; groups are added one by one."""

import torch


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    total = len(model.backbone.h)
    choices = {"frozen": [], "full": [model]}
    for n in range(total + 1):
        choices[f"last-{n}"] = [*model.backbone.h[total - n :], model.backbone.ln_f] if n else []
    number = strategy[5:] if strategy[:5] == "last-" else ""
    key = "last-" + (number.lstrip("0") or "0") if number.isdecimal() and number.isascii() else strategy
    if key not in choices:
        raise ValueError(f"{strategy!r}: pass 'frozen', 'full' or 'last-0' to 'last-{total}'")
    wanted = {id(p) for part in [*choices[key], model.classifier] for p in part.parameters()}
    for p in model.parameters():
        p.requires_grad = id(p) in wanted
    first, *others = [group for group in param_groups(model, head_lr, backbone_lr) if group["params"]]
    optimizer = torch.optim.AdamW([first])
    for group in others:
        optimizer.add_param_group(group)
    return optimizer
