"""Who may enter the desk, and what each may see and do there."""
