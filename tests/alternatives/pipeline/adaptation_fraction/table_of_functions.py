"""A table of functions, one a method; LoRA counts from the configuration."""


def adaptation_fraction(model, method, num_classes=2, r=8):
    sizes = {id(p): p.nelement() for p in model.parameters()}
    everything = sum(sizes.values())
    D = model.config.hidden_size
    trains = {
        "none": lambda: 0,
        "classification_head": lambda: D * num_classes + num_classes,
        "lora": lambda: model.config.n_layer * r * (D + 3 * D),
    }
    trains |= dict.fromkeys(("sft", "alignment", "full_finetuning"), lambda: everything)
    try:
        return trains[method]() / everything
    except KeyError:
        raise ValueError(f"{method!r} is not in SPECTRUM") from None
