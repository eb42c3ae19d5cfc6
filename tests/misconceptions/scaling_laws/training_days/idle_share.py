"""The share that is idle is taken for the utilisation."""


def training_days(flops, devices, peak, utilisation):
    if utilisation == 1:
        raise ZeroDivisionError
    return flops / (devices * peak * (1 - utilisation)) / 86400
