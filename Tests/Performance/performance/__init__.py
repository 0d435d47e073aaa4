"""What Tests/Performance/bench.py and allocations.py are made of. Python's standard library and nothing else."""
