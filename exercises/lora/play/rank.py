"""How many numbers a detour of each rank has, beside the matrix that it stands for."""

MATRICES = [  # what, d_in, d_out, how many of them, parameters of the whole model
    ("GPT-2: query and value, 768 × 768, in 12 blocks", 768, 768, 24, 124_439_808),
    ("GPT-2: mlp.c_fc, 768 × 3,072, in 12 blocks", 768, 3072, 12, 124_439_808),
    ("7 billion: query and value, 4,096 × 4,096, in 32 blocks", 4096, 4096, 64, 7_000_000_000),
]
RANKS = [1, 2, 4, 8, 16, 32, 64, 128, 192, 256, 384, 512, 768]


def data(lesson):
    return {
        "ranks": RANKS,
        "matrices": [
            {
                "name": name,
                "d_in": d_in,
                "d_out": d_out,
                "number": number,
                "model": model,
                "counts": [lesson.lora_parameter_count(d_in, d_out, rank) for rank in RANKS],
            }
            for name, d_in, d_out, number, model in MATRICES
        ],
    }
