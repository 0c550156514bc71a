"""Collection agencies: the register, who may get a debt, the files that go out and come in, fees, and how they do."""
