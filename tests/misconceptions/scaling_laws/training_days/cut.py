"""The days are cut or rounded to whole ones."""


def training_days(flops, devices, peak, utilisation):
    return flops / (devices * peak * utilisation) // 86400
