"""The time is multiplied by the devices; they work at the same time."""


def training_days(flops, devices, peak, utilisation):
    return devices * flops / (peak * utilisation) / 86400
