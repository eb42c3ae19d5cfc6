"""The time is multiplied by the utilisation; the less is used, the longer it takes."""


def training_days(flops, devices, peak, utilisation):
    return flops / (devices * peak) * utilisation / 86400
