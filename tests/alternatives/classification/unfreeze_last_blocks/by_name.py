"""Parameters are picked by the number in their name."""


def unfreeze_last_blocks(model, n):
    blocks = len(model.backbone.h)
    if n < 0 or n > blocks:
        raise ValueError(f"there are {blocks} blocks")
    if n > 0:
        for name, parameter in model.backbone.named_parameters():
            words = name.split(".")
            if words[0] == "ln_f" or (words[0] == "h" and int(words[1]) >= blocks - n):
                parameter.requires_grad_(True)
