"""The first sentence is the one for examples without input."""

_right = format_alpaca


def format_alpaca(example, end_token="", with_response=True):
    return _right(example, end_token, with_response).replace(", paired with an input that provides further context", "")
