"""It compares flops with bandwidth and leaves the intensity out."""


def bound_by(intensity, flops, bandwidth):
    return "memory" if flops > bandwidth else "compute"
