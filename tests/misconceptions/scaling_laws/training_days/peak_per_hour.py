"""The peak is taken for FLOPs in an hour or a minute."""


def training_days(flops, devices, peak, utilisation):
    return flops / (devices * peak / 3600 * utilisation) / 86400
