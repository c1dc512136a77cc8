"""The figures of the Kickstarter notebooks: each gives the figure and its finding, which is computed from the data."""
