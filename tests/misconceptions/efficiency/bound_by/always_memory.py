"""It says memory, whatever is asked."""


def bound_by(intensity, flops, bandwidth):
    return "memory" if intensity < flops else "compute"
