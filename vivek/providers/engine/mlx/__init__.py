"""Apple's MLX in this process: model folders, weights, prompts, caches and one worker thread for all that computes."""
