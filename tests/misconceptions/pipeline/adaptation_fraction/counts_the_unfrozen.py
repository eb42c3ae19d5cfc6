"""It counts what is frozen at the moment; a method decides itself what it trains."""

_right = adaptation_fraction


def adaptation_fraction(model, method, num_classes=2, r=8):
    trained = sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)
    total = sum(parameter.numel() for parameter in model.parameters())
    return trained / total if method in ("sft", "full_finetuning") else _right(model, method, num_classes, r)
