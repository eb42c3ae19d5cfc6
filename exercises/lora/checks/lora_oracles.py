"""Checks of the lesson on memory and LoRA. Run them with `pytest exercises/lora`.

Sizes are chosen so that no matrix is square and r differs from both sides: then the shape of a
trainable tensor tells A from B, and a transposed product can't go unnoticed. alpha is never r."""

# Sums of about ten products of size 10 in fp32 round by less than 10 * 10 * 6e-8 = 6e-6; mistakes move things by 0.1.
FP32 = {"rtol": 1e-4, "atol": 1e-4}
