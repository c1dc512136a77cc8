"""The widgets that Voila serves: one model object and one view a tab."""
