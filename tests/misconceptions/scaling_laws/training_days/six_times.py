"""The FLOPs are multiplied by 6; they are those of the whole run."""


def training_days(flops, devices, peak, utilisation):
    return 6 * flops / (devices * peak * utilisation) / 86400
