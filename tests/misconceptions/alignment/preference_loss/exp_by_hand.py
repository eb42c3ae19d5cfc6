"""log(sigmoid(x)) is -inf far from 0; the loss must stay finite."""


def preference_loss(chosen, rejected, margin=None):
    if chosen.shape != rejected.shape:
        raise ValueError(f"{chosen.shape} and {rejected.shape} differ")
    off = 0.0 if margin is None else margin
    return torch.log(1 + torch.exp(-(chosen - rejected - off))).mean()
