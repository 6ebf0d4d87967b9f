"""What vivek costs, measured as multiples of `python -c pass` in the same run: `python -m benchmarks.start_up`."""
