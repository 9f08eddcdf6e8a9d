"""The machinery of the chain; it knows no stage."""
