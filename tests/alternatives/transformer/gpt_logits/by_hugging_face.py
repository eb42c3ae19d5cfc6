"""Hugging Face's GPT-2 with these tensors for its parameters."""


def gpt_logits(ids, params, heads):
    from transformers import GPT2Config, GPT2LMHeadModel

    (vocab, width), positions = params["wte.weight"].shape, len(params["wpe.weight"])
    if ids.shape[1] > positions:
        raise ValueError(f"{ids.shape[1]} tokens, {positions} positions")
    layers = 0
    while f"h.{layers}.ln_1.bias" in params:
        layers += 1
    inner = len(params["h.0.mlp.c_fc.bias"]) if layers else None
    config = GPT2Config(
        vocab_size=vocab,
        n_positions=positions,
        n_embd=width,
        n_layer=layers,
        n_head=heads,
        n_inner=inner,
        attn_implementation="eager",
        bos_token_id=0,
        eos_token_id=0,
    )
    with torch.random.fork_rng(devices=[]):
        model = GPT2LMHeadModel(config).to(params["wte.weight"].dtype).eval()
    own = {f"transformer.{name}": params[name] for name, _ in model.transformer.named_parameters()}
    return torch.func.functional_call(model, own, (ids,), {"use_cache": False}).logits
