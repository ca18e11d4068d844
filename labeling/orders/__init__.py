"""What requesters order: projects from creation to their end, and the tests they set."""
