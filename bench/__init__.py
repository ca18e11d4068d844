"""What measures speed and cost; each figure has one command."""
