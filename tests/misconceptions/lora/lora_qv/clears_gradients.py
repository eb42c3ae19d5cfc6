"""After an error of lora_qv the model's gradients are gone."""

_right = lora_qv


def lora_qv(model, r, alpha):
    model.zero_grad()
    return _right(model, r, alpha)
