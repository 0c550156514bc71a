"""What the bank delivers and how it is read: the folder layout, its checks, the quarantine, the control totals."""
