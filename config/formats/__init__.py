"""How the admin writes dates; people's pages write them by their own language (people.locales)."""
