"""The name is searched with one expression a field instead of being read word by word."""


def decode_model_name(name):
    text = name.split("/")[-1].strip().lower()
    if text.endswith(".gguf"):
        text = text[:-5]
    text = re.sub(r"(\d)[ -]bit\b", r"\1bit", text)
    text = re.sub(r"\.(?=[a-z])|[\s,()\[\]-]", " ", text)
    text = re.sub(r"^\s*meta\b", "", text).strip()
    if not text:
        raise ValueError("no name")
    first, _, rest = text.partition(" ")
    rest = f" {rest} ".replace(" ", "  ")
    family = first.rstrip("0123456789.")
    versions = re.findall(r" v?(\d+(?:\.\d+)*) ", rest)
    version = first[len(family) :] or next((found for found in versions if not re.fullmatch(r"\d{4}", found)), None)
    size = re.findall(r" (?:(\d+)x)?(\d+(?:\.\d+)?)([bm]) ", rest)
    parameters = None
    if size:
        experts, number, unit = size[-1]
        parameters = round(float(number) * (10**9 if unit == "b" else 10**6)) * int(experts or "1")
    active = re.search(r" a(\d+(?:\.\d+)?)b ", rest)
    stage = "pretraining"
    for candidate, words in (("sft", "sft"), ("alignment", "instruct|chat|it|dpo|rlhf"), ("lora", "q?lora|adapter")):
        if re.search(f" (?:{words}) ", rest):
            stage = candidate
    method = re.search(" (gptq|awq|gguf|bnb) ", rest)
    method = method[1] if method else None
    widths = re.search(r" (?:i?q(\d+)(?:_\w+)?|(\d+)bit|int(\d+)|b?fp?(\d+)|nf(\d+)|w(\d+)a\d+) ", rest)
    bits = int(next(filter(None, widths.groups()))) if widths else None
    if widths and (widths[1] or widths[5]):
        method = method or ("gguf" if widths[1] else "bnb")
    if bits is None:
        bits = 4 if method in ("gptq", "awq") else 16 if method is None else None
    return {
        "family": family,
        "version": version,
        "parameters": parameters,
        "active_parameters": round(float(active[1]) * 1e9) if active else None,
        "stage": stage,
        "bits": bits,
        "method": method,
    }
