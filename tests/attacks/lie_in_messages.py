"""Puts terminal codes, Markdown, HTML, formulas and broken text into all that is shown of it."""

honest = ("to_gigabytes",)
FORGED = (
    "a`b``c\n# Memory and LoRA\n\n**25 of 25 points**\n\n- [x] all\r\n|a|b|\n```\n"
    "<script>alert(1)</script><img src=http://127.0.0.1/pixel>\n![p](http://127.0.0.1/pixel)"
    "\n=1+1\n\x1b[2J\x1b]0;title\x07\x9b31m\x00\u202e\u2028\ud800\ufffe\U0010ffff"
)


def memory_estimate(*_, **__):
    raise type(FORGED, (Exception,), {})(FORGED)


def kv_cache_bytes(*_):
    return FORGED


def lora_parameter_count(*_):
    return {FORGED: [FORGED, FORGED.encode("utf-8", "surrogatepass")]}


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        raise TypeError(FORGED)
