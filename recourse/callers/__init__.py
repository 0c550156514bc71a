"""The people who call: their register, what a jurisdiction asks of them, and who calls whom. Pure."""
