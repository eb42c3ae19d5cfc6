"""The result is rounded."""


def training_days(flops, devices, peak, utilisation):
    return round(flops / (devices * peak * utilisation) / 86400, 2)
