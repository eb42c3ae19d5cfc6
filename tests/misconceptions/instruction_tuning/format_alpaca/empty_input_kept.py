"""An empty "### Input:" part is kept."""

_right = format_alpaca


def format_alpaca(example, end_token="", with_response=True):
    text = _right(example, end_token, with_response)
    return text if example.get("input") else text.replace("### Response:", "### Input:\n\n\n### Response:", 1)
