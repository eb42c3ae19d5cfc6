"""The backward pass is added; the FLOPs are those of the whole run."""


def training_days(flops, devices, peak, utilisation):
    return 3 * flops / (devices * peak * utilisation) / 86400
