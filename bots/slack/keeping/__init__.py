"""What this doorway keeps in the database: jobs, people's choices, questions for humans, installations."""
