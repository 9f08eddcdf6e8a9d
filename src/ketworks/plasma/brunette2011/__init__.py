"""Brunette 2011: oral ketamine in children with burns, on the disposition of Herd 2007."""
