"""Events with limited seats: the package that all functions share."""
