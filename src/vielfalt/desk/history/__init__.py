"""What happened at the desk: the history of its objects, the security log, and what is kept for how long."""
