"""Who is simulated: one kind of person, or a cohort of them."""
