"""ketworks: an executable, evidence-graded model of how ketamine works."""
