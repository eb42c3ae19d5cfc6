"""Through blockwise_quantize: a token of a head is a block, and so is a channel once the keys are turned."""


def quantize_kv_cache(keys, values, bits=8):
    B, H, T, D = keys.shape
    turned = keys.transpose(-1, -2).contiguous()
    key_codes, key_scales = blockwise_quantize(turned, T, bits)
    value_codes, value_scales = blockwise_quantize(values, D, bits)
    codes = 2 * B * H * T * D
    return dict(
        keys=key_codes.transpose(-1, -2),
        key_scales=key_scales.view(B, H, 1, D),
        values=value_codes,
        value_scales=value_scales.view(B, H, T, 1),
        bytes=(codes * bits + 7) // 8 + 4 * B * H * (D + T),
    )
