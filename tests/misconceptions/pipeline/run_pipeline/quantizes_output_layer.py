"""Each of LAYERS in each block is quantized once."""

_blocks = _quantize


def _quantize(tools, base, model, tokenizer):
    _blocks(tools, base, model, tokenizer)
    if hasattr(model, "lm_head"):
        head = torch_linear(model.lm_head)
        model.lm_head = tools.QuantizedLinear(head, base.bits, base.block_size)


def torch_linear(layer):
    return copy.deepcopy(layer)


run_pipeline = run_pipeline
