"""An input of nothing but white space is taken for none; only a missing or an empty one is."""

_right = format_alpaca


def format_alpaca(example, end_token="", with_response=True):
    if not example.get("input", "").strip():
        example = {**example, "input": ""}
    return _right(example, end_token, with_response)
