"""What should this player play next? From raw lines to recommendations."""
