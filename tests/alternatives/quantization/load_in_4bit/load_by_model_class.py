"""Through GPT2LMHeadModel and a dict for the settings."""


def load_in_4bit(path):
    import importlib.util

    if importlib.util.find_spec("bitsandbytes") is None:
        raise ImportError("bitsandbytes is missing: pip install -e '.[quant]'")
    from transformers import AutoConfig, BitsAndBytesConfig
    from transformers.models.auto.modeling_auto import AutoModelForCausalLM

    settings = dict(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype="float32")
    return AutoModelForCausalLM.from_pretrained(
        path,
        config=AutoConfig.from_pretrained(path),
        quantization_config=BitsAndBytesConfig(**settings),
        device_map={"": "cpu"},
        dtype="float32",
    )
