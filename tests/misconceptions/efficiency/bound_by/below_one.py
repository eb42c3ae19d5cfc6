"""It says compute, whatever is asked."""


def bound_by(intensity, flops, bandwidth):
    return "memory" if intensity < 1 else "compute"
