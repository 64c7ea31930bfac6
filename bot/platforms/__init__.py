"""The hosts: each turns its events into requests and cards into what its users see. Only they know their SDK."""
