"""One device is counted."""


def training_days(flops, devices, peak, utilisation):
    return flops / (peak * utilisation) / 86400
