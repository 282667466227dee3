"""How a run compares with its base's: pure, from two reports and the change between them."""
