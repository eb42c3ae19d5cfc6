"""torch's MinMaxObserver and its quantized tensors."""

exercise = ("zero_point_quantize", "zero_point_dequantize")


def zero_point_quantize(w):
    import warnings

    w = w.float()
    size = w.abs().max()
    unit = torch.where(size > 0, size, 1.0)  # torch's quantized tensors want a scale of ordinary size
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        observer = torch.ao.quantization.MinMaxObserver(torch.qint8, torch.per_tensor_affine, eps=1e-38)
        observer(w / unit)
        scale, zero_point = observer.calculate_qparams()
    scale = scale[0] if size > 0 else torch.tensor(1.0)
    q = torch.quantize_per_tensor(w / unit, float(scale), int(zero_point), torch.qint8).int_repr()
    return q, scale * unit, zero_point[0]


def zero_point_dequantize(q, scale, zero_point):
    steps = torch._make_per_tensor_quantized_tensor(q, 1.0, int(zero_point)).dequantize()
    return steps * scale
