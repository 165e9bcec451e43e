"""The farm: takes submissions in, claims, scores, finishes, sweeps; compiles truths."""
