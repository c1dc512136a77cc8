"""New months: found, checked, held against those that the model learnt from, and taken in."""
