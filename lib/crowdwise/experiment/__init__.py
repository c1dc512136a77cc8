"""Does using either system help? The plan of an A/B test, its design, assignment and analysis."""
