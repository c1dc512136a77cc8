"""Does using either system help? The design of an A/B test."""
