"""lora_qv switches the model to train or eval mode; it must leave modes alone."""

_right = lora_qv


def lora_qv(model, r, alpha):
    count = _right(model, r, alpha)
    model.eval()
    return count
