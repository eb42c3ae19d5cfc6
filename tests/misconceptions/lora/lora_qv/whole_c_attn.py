"""The keys change too; adapters belong beside query and value only."""


def lora_qv(model, r, alpha):
    return apply_lora(model, ["attn.c_attn"], r, alpha)
