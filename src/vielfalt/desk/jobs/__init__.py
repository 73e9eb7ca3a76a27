"""Work that takes longer than a page: jobs with progress, and the worker that does them."""
