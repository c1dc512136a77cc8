"""The search for settings: on early projects only, apart from the reports, with the same budget for every model."""
