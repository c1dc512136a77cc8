"""What can be wrong with a study of models, looked for each time: codes, thresholds, findings, remedies, waivers."""
