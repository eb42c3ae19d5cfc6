"""f16, bf16 and fp16 say a width, that of a GGUF file too."""

_WIDTH = re.compile(_WIDTH.pattern.replace("|b?fp?(\\d+)", "|fp(8)"))
