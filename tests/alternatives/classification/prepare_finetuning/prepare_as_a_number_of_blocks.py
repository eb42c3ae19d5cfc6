"""The strategy becomes a number of blocks first, None for all; a regular expression reads it."""


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    import re

    matched = re.fullmatch(r"frozen|full|last-(?P<n>[0-9]+)", strategy)
    blocks = len(model.backbone.h)
    if matched is None or int(matched["n"] or 0) > blocks:
        raise ValueError(f"no such strategy for {blocks} blocks: {strategy}")
    for parameter in model.parameters():
        parameter.requires_grad_(strategy == "full")
    for parameter in model.classifier.parameters():
        parameter.requires_grad_(True)
    if matched["n"]:
        unfreeze_last_blocks(model, int(matched["n"]))
    return torch.optim.AdamW(
        [group for group in param_groups(model, head_lr, backbone_lr) if group["params"]], lr=backbone_lr
    )
