"""What may be said to people: texts held against the phrase lexicons of the pack. Pure."""
