"""An adapter that lacks a tensor is loaded without an error."""

also = (
    "The error for an adapter that does not fit does not say to call apply_lora.",  # the message is torch's
    "After an error the adapter is loaded in part.",  # torch copies what fits, then raises
)


def load_adapter(model, state):
    try:
        model.load_state_dict(state, strict=False)
    except RuntimeError as error:
        raise ValueError(str(error)) from None
