"""Tables that the town did not count itself: delivered aggregates read into cells, areas and findings."""
