"""The peak is left out."""


def training_days(flops, devices, peak, utilisation):
    return flops / (devices * utilisation) / 86400
