"""An adapter that lacks a tensor is loaded in silence."""


def load_adapter(model, state):
    try:
        model.load_state_dict(state, strict=False)
    except RuntimeError as error:
        raise ValueError(str(error)) from None
