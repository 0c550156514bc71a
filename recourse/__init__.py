"""Recourse (追索): the core of a bank's personal-loan collections system.

The core knows no engine, no web framework and no rung of the ladder. It receives the ladder and the acts as arguments
(`tasks/`), and the real things it works on (database, channels, clock) from the composition root (`desk/`).
"""
