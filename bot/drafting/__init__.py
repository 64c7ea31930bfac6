"""Drafts of content by an assistant, for an author to review: ordered, put through every gate, and kept apart from content."""
