"""The tests. A package, so that no installed package of the same name can stand in front of it."""
