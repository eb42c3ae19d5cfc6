"""The seconds are multiplied by those of a day."""


def training_days(flops, devices, peak, utilisation):
    return flops / (devices * peak * utilisation) * 86400
