"""The utilisation is taken for percent."""


def training_days(flops, devices, peak, utilisation):
    return flops / (devices * peak * utilisation / 100) / 86400
