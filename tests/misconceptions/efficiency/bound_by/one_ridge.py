"""The ridge of one device is used for all; it is flops / bandwidth."""


def bound_by(intensity, flops, bandwidth):
    return "memory" if intensity < 156 else "compute"
