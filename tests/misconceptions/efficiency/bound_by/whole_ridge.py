"""It compares whole numbers: the ridge or the intensity is cut."""


def bound_by(intensity, flops, bandwidth):
    return "memory" if int(intensity) * bandwidth < flops else "compute"
