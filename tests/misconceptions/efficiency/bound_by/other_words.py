"""The answer is another word than the two that the docstring names."""


def bound_by(intensity, flops, bandwidth):
    return "bandwidth" if intensity * bandwidth < flops else "compute"
