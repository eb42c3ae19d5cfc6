"""transformers' own warper."""


def temper(logits, temperature):
    from transformers import TemperatureLogitsWarper

    if temperature < 0:
        raise ValueError("below 0")
    logits = logits.float()
    if temperature == 0:
        return (torch.arange(logits.shape[-1]) == logits.argmax(dim=-1)[..., None]).float()
    return TemperatureLogitsWarper(float(temperature))(None, logits).softmax(dim=-1)
