"""What a town shows to everybody: proposed by one person, published by another, with licence and catalogue."""
