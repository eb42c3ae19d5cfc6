"""Over logarithms."""


def training_days(flops, devices, peak, utilisation):
    import math

    rest = math.log(flops) - math.log(devices) - math.log(peak) - math.log(utilisation)
    seconds = math.exp(rest)
    return seconds / 3600 / 24
