"""The vault: what a town keeps of its dates, that one run works on it at a time, and what is taken back."""
