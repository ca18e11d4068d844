"""What is known of the people who label: how well they work, what they are able to do."""
