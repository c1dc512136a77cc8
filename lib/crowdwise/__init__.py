"""Steam recommendations and Kickstarter predictions, from raw data to reports and an app."""
