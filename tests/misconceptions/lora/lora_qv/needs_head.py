"""lora_qv fails on a GPT2Model, whose blocks are model.h."""

_right = lora_qv


def lora_qv(model, r, alpha):
    if not hasattr(model, "transformer"):
        raise ValueError("the model has no c_attn: pass a GPT-2")
    return _right(model, r, alpha)
