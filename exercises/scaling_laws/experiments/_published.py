"""Numbers from papers, each with its place."""

from __future__ import annotations

GOPHER = 5.76e23  # FLOPs with which Chinchilla was trained, Hoffmann et al. 2022 (arXiv 2203.15556), table 3

# A, B, alpha, beta of A / N^alpha + B / D^beta: Hoffmann et al. 2022, section D.2; the same with the exponents of the
# paper's own source, and a fit of the same runs anew, both Besiroglu et al. 2024 (arXiv 2404.10102).
SURFACES = {
    "printed": (406.4, 410.7, 0.34, 0.28),
    "source": (406.4, 410.7, 0.3392, 0.2849),
    "refit": (482.01, 2085.43, 0.3478, 0.3658),
}
ENTROPIES = {"printed": 1.69, "source": 1.69, "refit": 1.8172}  # E of each

# FLOPs and the best number of parameters for them, approaches 1 (table 3) and 2 (table A3) of Hoffmann et al. 2022.
SIZES = (400e6, 1e9, 10e9, 67e9, 175e9, 280e9, 520e9, 1e12, 10e12)
TABLES = {
    "approach_1": (1.92e19, 1.21e20, 1.23e22, 5.76e23, 3.85e24, 9.90e24, 3.43e25, 1.27e26, 1.30e28),
    "approach_2": (1.84e19, 1.20e20, 1.32e22, 6.88e23, 4.54e24, 1.18e25, 4.19e25, 1.59e26, 1.75e28),
}

# Parameters and tokens: Gopher and Chinchilla (Hoffmann et al. 2022, tables 1 and 4), GPT-3 (Brown et al. 2020, arXiv
# 2005.14165), Llama 3 8B (Grattafiori et al. 2024, arXiv 2407.21783).
MODELS = {
    "Gopher": (280e9, 300e9),
    "GPT-3": (175e9, 300e9),
    "Chinchilla": (70e9, 1.4e12),
    "Llama 3 8B": (8e9, 15e12),
}
