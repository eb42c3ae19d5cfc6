"""A quantized layer doesn't compute what its layer computed; the adapter belongs to it."""


def _quantize(tools: Any, base: Base, model: Any, tokenizer: Any) -> None:
    for block in model.transformer.h:
        for name, widths in LAYERS.items():
            linear = as_linear(
                getattr(block.get_submodule(name), "base", block.get_submodule(name)), widths * model.config.hidden_size
            )
            block.set_submodule(name, tools.QuantizedLinear(linear, base.bits, base.block_size))
