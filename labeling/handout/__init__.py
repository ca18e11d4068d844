"""Who gets which task: offers, admission, leases, slots; and the answers that come back."""
