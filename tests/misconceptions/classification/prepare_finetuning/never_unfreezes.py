"""What an earlier call froze stays frozen."""

also = ("A part that is neither head nor backbone stays frozen; full means everything.",)  # where it was frozen before

_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    frozen = [parameter for parameter in model.parameters() if not parameter.requires_grad]
    _right(model, strategy, head_lr, backbone_lr)
    if strategy == "full":
        for parameter in frozen:
            parameter.requires_grad = False
    return torch.optim.AdamW(param_groups(model, head_lr, backbone_lr))
