"""The parts in a list, joined by empty lines."""


def format_alpaca(example, end_token="", with_response=True):
    given = example.get("input")
    opening = "Below is an instruction that describes a task"
    if given:
        opening += ", paired with an input that provides further context"
    parts = [opening + ". Write a response that appropriately completes the request."]
    parts.append("### Instruction:\n" + example["instruction"])
    if given:
        parts.append("### Input:\n" + given)
    parts.append("### Response:" + ("\n" + example["output"] + end_token if with_response else ""))
    return "\n\n".join(parts)
