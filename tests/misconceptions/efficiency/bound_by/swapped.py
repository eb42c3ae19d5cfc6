"""Compute and memory are swapped."""


def bound_by(intensity, flops, bandwidth):
    return "compute" if intensity * bandwidth < flops else "memory"
