"""What answers tell authors and admins: how good each item is, what a group finds hard, which mistakes look alike."""
