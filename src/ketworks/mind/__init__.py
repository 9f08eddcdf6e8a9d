"""Mind: ketamine at the experience site to drug high, dissociation, and loss of response."""
