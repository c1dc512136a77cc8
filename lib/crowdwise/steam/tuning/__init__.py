"""The search for settings: on tuning players only, apart from the reports, with the same budget for every model."""
