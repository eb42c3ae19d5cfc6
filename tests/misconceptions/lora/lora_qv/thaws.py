"""After an error of lora_qv other tensors are trainable than before."""

_right = lora_qv


def lora_qv(model, r, alpha):
    model.requires_grad_(True)
    return _right(model, r, alpha)
