"""The error for a target that is not a linear layer does not name the target."""

_right = apply_lora


def apply_lora(model, targets, r, alpha):
    try:
        return _right(model, targets, r, alpha)
    except ValueError as error:
        if "linear" in str(error).lower():
            raise ValueError("pass linear layers only") from None
        raise
