"""What any room may use: errors, paths, seeds, logs, statistics and the look of figures."""
