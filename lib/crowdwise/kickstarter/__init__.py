"""Will this project reach its goal? From raw months to predictions."""
