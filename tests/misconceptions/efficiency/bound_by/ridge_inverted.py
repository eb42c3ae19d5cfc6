"""The ridge is inverted: it compares with bandwidth / flops."""


def bound_by(intensity, flops, bandwidth):
    return "memory" if intensity < bandwidth / flops else "compute"
