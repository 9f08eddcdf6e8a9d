"""Virtual trials: a plan, a simulated pool of people, allocation, drop-out, unblinding, analyses, power."""
