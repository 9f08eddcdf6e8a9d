"""Gut wall and liver: what takes ketamine out, how co-medication and organ function change it."""
