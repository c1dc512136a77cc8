"""Several ways to hold models to account, side by side: each answers another question about unseen projects."""
