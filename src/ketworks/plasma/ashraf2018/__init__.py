"""Ashraf 2018: oral and intravenous S-ketamine through gut wall and liver, with ticlopidine; venous samples, n = 41."""
