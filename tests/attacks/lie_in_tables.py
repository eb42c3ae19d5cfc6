"""Writes what spreadsheets, XML and shells take for more than text: formulas, entities, ends of CDATA, quotes."""

honest = ("to_gigabytes",)
FORGED = (
    '=HYPERLINK("http://127.0.0.1","25")\n+1\n-1\n@SUM(1)\n\t=1\r\n%0A=1\n"","\n\'; DROP TABLE grades;--\n'
    "]]></failure></testcase><testcase name='Forged'/>\n<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///'>]>&e;\n&#0;&lt;\n"
    "${PATH} $(true) `true` %n%n {0.__class__} {{7*7}} \\u0000 \x0b\x0c\x1e\x7f\x85"
)


def memory_estimate(*_, **__):
    raise type("=1+1", (Exception,), {"__module__": "=cmd"})(FORGED)


def kv_cache_bytes(*_):
    return {FORGED: FORGED}


def lora_parameter_count(*_):
    return FORGED


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        raise ValueError(FORGED)
