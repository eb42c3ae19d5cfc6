"""It unfreezes the embeddings too."""

_right = unfreeze_last_blocks


def unfreeze_last_blocks(model, n):
    _right(model, n)
    if n:
        for name, parameter in model.backbone.named_parameters():
            if name.startswith(("wte", "wpe")):
                parameter.requires_grad = True
