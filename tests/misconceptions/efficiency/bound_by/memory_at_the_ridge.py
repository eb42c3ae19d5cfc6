"""At the ridge itself it says memory; both take equally long there."""


def bound_by(intensity, flops, bandwidth):
    return "memory" if intensity <= flops / bandwidth else "compute"
