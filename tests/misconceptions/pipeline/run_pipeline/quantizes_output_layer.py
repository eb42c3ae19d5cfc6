"""Each of LAYERS in each block is quantized once."""

_blocks = _quantize


def _quantize(tools, base, model, tokenizer):
    _blocks(tools, base, model, tokenizer)
    model.lm_head = tools.QuantizedLinear(copy.deepcopy(model.lm_head), base.bits, base.block_size)
