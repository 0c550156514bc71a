"""The ways out: each channel hands finished messages over and says what became of every one of them."""
