"""Against the ridge, in floating point."""


def bound_by(intensity, flops, bandwidth):
    ridge = flops / bandwidth
    return "compute" if intensity >= ridge else "memory"
