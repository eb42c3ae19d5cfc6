"""The text is a list of lines, and the heading of the input is filtered in."""


def format_alpaca(example, end_token="", with_response=True):
    given = bool(example.get("input"))
    first = "Below is an instruction that describes a task"
    first += ", paired with an input that provides further context. " if given else ". "
    lines = [first + "Write a response that appropriately completes the request.", ""]
    lines += ["### Instruction:", example["instruction"], ""]
    lines += ["### Input:", example.get("input"), ""] * given
    lines += ["### Response:"]
    if with_response:
        lines.append("".join([example["output"], end_token]))
    return "\n".join(lines)
