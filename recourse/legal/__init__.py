"""Calculators of civil procedure and security law: plain facts and the policy of a day in, a result with its reasons out.

Nothing here knows a node of the ladder, a table or a clock. What is not known is None and stays so: a calculator that
needs it says what is missing, and never guesses. Values of the law come from the packs; a reason names where it stands.
"""
