"""log_softmax and gather; modes by a list of pairs; float64."""


def first_loss(model, ids):
    rows, length = ids.shape
    if length < 2:
        raise ValueError(f"T = {length}")
    before = [(module, module.training) for module in model.modules()]
    model.train(False)
    try:
        with torch.inference_mode():
            log_probs = model(ids[:, :-1]).double().log_softmax(dim=-1)
    finally:
        for module, mode in before:
            module.training = mode
    picked = log_probs.gather(2, ids[:, 1:].unsqueeze(2))
    return float(-picked.sum() / (rows * (length - 1)))
