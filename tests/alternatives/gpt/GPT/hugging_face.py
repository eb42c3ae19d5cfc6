"""Hugging Face's GPT-2 behind an adapter; its maps are stored (in, out)."""

exercise = (
    "GPT",
    "tensors_of",
)


class GPT(nn.Module):
    def __init__(self, config):
        super().__init__()
        from transformers import GPT2Config, GPT2LMHeadModel

        self.config = config
        theirs = GPT2Config(
            vocab_size=config.vocab,
            n_positions=config.positions,
            n_embd=config.width,
            n_layer=config.layers,
            n_head=config.heads,
            embd_pdrop=config.dropout,
            attn_pdrop=config.dropout,
            resid_pdrop=config.dropout,
            bos_token_id=0,
            eos_token_id=0,
            use_cache=False,
            attn_implementation="eager",
        )
        self.model = GPT2LMHeadModel(theirs)

    def forward(self, ids):
        if ids.shape[1] > self.config.positions:
            raise ValueError(f"{ids.shape[1]} ids for {self.config.positions} positions")
        return self.model(ids).logits


def tensors_of(model):
    found = {}
    for name, one in model.model.transformer.named_parameters():
        found[name] = one.T if one.ndim == 2 and name.startswith("h.") else one
    return found
