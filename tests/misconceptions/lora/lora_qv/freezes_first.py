"""lora_qv freezes the model before it rejects r = 0; after an error the model must be as it was."""

# it does so whatever is wrong
also = ("lora_qv freezes the model before it finds that there is no c_attn; an error must leave it as it was.",)

_right = lora_qv


def lora_qv(model, r, alpha):
    model.requires_grad_(False)
    return _right(model, r, alpha)
