"""Chronic pain: slow relief of central sensitisation, who responds, and the score a person reports."""
