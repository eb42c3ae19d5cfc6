"""It gives seconds."""


def training_days(flops, devices, peak, utilisation):
    return flops / (devices * peak * utilisation)
