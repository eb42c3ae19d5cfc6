"""The input is left out."""

_right = format_alpaca


def format_alpaca(example, end_token="", with_response=True):
    text = _right(example, end_token, with_response)
    return text.replace(f"### Input:\n{example.get('input')}\n\n", "", 1)
