"""Simons 2022: S-ketamine and its metabolites from arterial samples."""
