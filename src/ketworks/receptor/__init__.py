"""Receptor: plasma levels to block of NMDA receptors per cell class, and of HCN1 channels."""
