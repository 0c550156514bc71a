"""The business: the one ladder, and one file a node. No node file imports another."""
