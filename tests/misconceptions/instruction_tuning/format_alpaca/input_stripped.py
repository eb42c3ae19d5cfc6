"""The input is stripped; it goes in as it is."""

_right = format_alpaca


def format_alpaca(example, end_token="", with_response=True):
    given = example.get("input", "")
    if given.strip():
        example = {**example, "input": given.strip()}
    return _right(example, end_token, with_response)
