"""Works out by identity which parameters are wanted, compares every flag with that, and never calls freeze."""

import torch


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    blocks = list(model.backbone.h)
    choices = {"frozen": [], "full": [model]}
    for k in range(len(blocks) + 1):
        choices[f"last-{k}"] = [*blocks[len(blocks) - k :], model.backbone.ln_f] if k else []
    key = strategy
    if strategy.startswith("last-") and strategy[5:].isascii() and strategy[5:].isdigit():
        key = f"last-{int(strategy[5:])}"
    if key not in choices:
        raise ValueError(f"strategy {strategy!r}: pass 'frozen', 'full', or 'last-0' to 'last-{len(blocks)}'")
    wanted = {id(p) for part in [model.classifier, *choices[key]] for p in part.parameters()}
    for p in model.parameters():
        p.requires_grad_(id(p) in wanted)
    return torch.optim.AdamW(param_groups(model, head_lr, backbone_lr))
