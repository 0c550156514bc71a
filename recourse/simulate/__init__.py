"""A made-up Chinese bank, its debtors and the world around them, for the demo, tests and benchmarks only.

`town.Town` is the entrance; `office.Office` is the door through which it meets the running system. Deterministic by
seed: no clock, no global random source, nothing read from the machine.
"""
