"""Styles and scripts as they are sent: no more of them than the pages use, and compressed."""
