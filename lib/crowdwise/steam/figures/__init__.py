"""The figures of the Steam notebooks: each gives the drawing and its finding, computed from the data."""
