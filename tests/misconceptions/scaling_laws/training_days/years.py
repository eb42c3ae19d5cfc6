"""It gives years."""


def training_days(flops, devices, peak, utilisation):
    return flops / (devices * peak * utilisation) / 86400 / 365
