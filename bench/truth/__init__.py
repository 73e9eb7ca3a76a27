"""How true the derivation is: what the program concludes from a soiled register, held against the synthetic truth."""
