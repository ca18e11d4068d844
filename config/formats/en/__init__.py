"""English that no country reads otherwise."""
