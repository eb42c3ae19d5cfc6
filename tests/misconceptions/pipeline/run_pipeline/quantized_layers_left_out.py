"""The quantized layers don't stand in the model."""


def _quantize(tools: Any, base: Base, model: Any, tokenizer: Any) -> None:
    for block in model.transformer.h:
        for name, widths in LAYERS.items():
            linear = as_linear(block.get_submodule(name), widths * model.config.hidden_size)
            tools.QuantizedLinear(linear, base.bits, base.block_size)
