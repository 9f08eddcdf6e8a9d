"""Other drugs beside ketamine: what they do to pressure, experience, sedation, breathing, nausea and benefit."""
