"""What the model shows of each popular sentence: small simulations stated as data, run and held against the words."""
