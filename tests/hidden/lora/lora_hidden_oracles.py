"""Hidden checks of the lesson on memory and LoRA: corners, and what hard-coded answers get wrong.

Feedback shows their sentences only. None repeats a visible check."""

# As in the visible checks: fp32 sums of ten products of size 10 round by less than 6e-6; mistakes move things by 0.1.
FP32 = {"rtol": 1e-4, "atol": 1e-4}
