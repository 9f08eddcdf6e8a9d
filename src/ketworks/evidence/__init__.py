"""Evidence as data: where every number comes from, how good it is, and what rests on it."""
