"""What learners may take with them, and what is forgotten by itself."""
