"""The utilisation is left out."""


def training_days(flops, devices, peak, utilisation):
    return flops / (devices * peak) / 86400
