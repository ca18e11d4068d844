"""The catalogues of translations: found in the code, kept in `locale/`, compiled, checked."""
