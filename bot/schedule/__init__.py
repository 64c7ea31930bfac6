"""Posts that come by themselves: when each is due, who sends it, and that it is sent once."""
