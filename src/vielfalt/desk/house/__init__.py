"""Pages that every desk has: who runs it, what it keeps of people, how accessible it is, what it is made of."""
