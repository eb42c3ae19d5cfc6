"""It gives hours."""


def training_days(flops, devices, peak, utilisation):
    return flops / (devices * peak * utilisation) / 3600
