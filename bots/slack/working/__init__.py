"""What was kept, answered: jobs taken one by one, and their answers brought to whoever asked."""
