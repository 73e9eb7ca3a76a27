"""County mode: several town projects evaluated apart from each other, and the release of the county they make."""
