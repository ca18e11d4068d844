"""The corridor without a person: a requester and labelers that come in by the front door."""
